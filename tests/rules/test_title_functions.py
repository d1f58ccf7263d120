"""The fields of work in eight languages: each shows its function behind a director's and a manager's word."""

import pytest

from syncd.agreement import load, title_words
from syncd.rules.titles import lexicon_of, read_title
from tests.benchmarks.labelled_titles import naming_all

AGREEMENT = naming_all(load())

# How a language names who leads a department and who leads a team; what they lead, by function.
FIELDS: dict[str, tuple[tuple[str, str], dict[str, str]]] = {
    "French": (
        ("Directeur {}", "Responsable {}"),
        {
            "legal": "contentieux",
            "finance": "comptabilité, facturation, trésorerie, fiscalité, audit interne, recouvrement, paie",
            "IT": "infrastructures, cybersécurité, développement informatique, support technique",
            "operations": "production, usine, supply chain, transport, entrepôt, maintenance, qualité, HSE",
            "engineering": "bureau d'études",
            "marketing": "marketing digital, communication interne, relations presse, événementiel",
            "sales": "ventes, grands comptes, export, développement commercial, administration des ventes",
            "HR": "formation, recrutement, relations sociales",
            "procurement": "achats, approvisionnement",
            "customer service": "service client, SAV, relation clientèle, expérience client",
            "product": "produit",
            "risk": "conformité, risques, fraude, lutte anti-blanchiment",
        },
    ),
    "Spanish": (
        ("Director de {}", "Jefe de {}"),
        {
            "risk": "cumplimiento, riesgos, prevención de fraude",
            "finance": "auditoría interna, contabilidad, tesorería, facturación, impuestos, cobranza",
            "IT": "sistemas, infraestructura, desarrollo de software, ciberseguridad, datos",
            "operations": "operaciones, logística, cadena de suministro, producción, planta, calidad, mantenimiento",
            "engineering": "ingeniería",
            "procurement": "compras, abastecimiento",
            "marketing": "marketing, comunicación, publicidad, marca",
            "sales": "ventas, cuentas clave, exportación, desarrollo de negocio",
            "customer service": "atención al cliente, postventa",
            "HR": "recursos humanos, talento, selección, formación, relaciones laborales",
            "legal": "asuntos legales, asesoría jurídica",
            "lending": "créditos, hipotecas",
            "product": "producto",
        },
    ),
    "Italian": (
        ("Direttore {}", "Responsabile {}"),
        {
            "finance": "contabilità, finanza, tesoreria, controllo di gestione, fiscale",
            "lending": "recupero crediti",
            "IT": "sistemi informativi, infrastrutture, sicurezza informatica, sviluppo software, dati",
            "operations": "produzione, stabilimento, logistica, magazzino, qualità, manutenzione, "
            "supply chain, spedizioni",
            "procurement": "acquisti, approvvigionamenti",
            "marketing": "comunicazione, pubblicità",
            "sales": "vendite, commerciale, export, grandi clienti",
            "customer service": "assistenza clienti, post vendita",
            "HR": "risorse umane, personale, formazione, relazioni industriali",
            "legal": "legale, affari legali",
            "risk": "compliance, rischi, antiriciclaggio, antifrode",
            "engineering": "progettazione",
            "product": "prodotto",
        },
    ),
    "Portuguese": (
        ("Diretor de {}", "Gerente de {}"),
        {
            "finance": "contas a pagar, controladoria, tesouraria, cobrança",
            "IT": "TI, infraestrutura, segurança da informação, dados",
            "operations": "produção, fábrica, logística, cadeia de suprimentos, qualidade, manutenção",
            "engineering": "engenharia",
            "procurement": "compras, suprimentos",
            "marketing": "comunicação, publicidade",
            "sales": "vendas, comercial, contas-chave, exportação, novos negócios",
            "customer service": "atendimento, pós-venda, SAC",
            "HR": "recursos humanos, gente, recrutamento, treinamento, relações trabalhistas",
            "legal": "jurídico",
            "risk": "compliance, riscos, prevenção a fraudes",
            "lending": "crédito",
            "product": "produto",
        },
    ),
    "Dutch": (
        ("Hoofd {}", "Manager {}"),
        {
            "finance": "financiën, boekhouding, debiteuren, treasury, control, fiscale zaken, belastingen, "
            "salarisadministratie",
            "IT": "ICT, automatisering, infrastructuur, informatiebeveiliging, softwareontwikkeling, data",
            "operations": "operations, productie, logistiek, magazijn, distributie, transport, kwaliteit, onderhoud",
            "engineering": "engineering",
            "procurement": "inkoop",
            "marketing": "communicatie, reclame",
            "sales": "verkoop, buitendienst",
            "customer service": "klantenservice, klantcontact, aftersales",
            "HR": "personeelszaken, werving en selectie, opleidingen",
            "legal": "juridische zaken",
            "risk": "compliance, risicobeheer, fraude",
            "lending": "hypotheken, krediet",
            "product": "productmanagement",
        },
    ),
    "Polish": (
        ("Dyrektor ds. {}", "Kierownik działu {}"),
        {
            "finance": "finansów, księgowości, controllingu, skarbu, podatków, należności, windykacji",
            "HR": "płac, kadr, rekrutacji, szkoleń",
            "IT": "informatyki, systemów informatycznych, bezpieczeństwa informacji, oprogramowania, danych, "
            "technologii",
            "operations": "operacji, produkcji, logistyki, łańcucha dostaw, transportu, jakości, utrzymania ruchu",
            "engineering": "inżynierii",
            "procurement": "zakupów, zaopatrzenia",
            "marketing": "marketingu, komunikacji, reklamy",
            "sales": "sprzedaży, handlu, eksportu, kluczowych klientów",
            "customer service": "obsługi klienta, reklamacji",
            "legal": "prawnych",
            "risk": "zgodności, ryzyka, przeciwdziałania praniu pieniędzy",
            "lending": "kredytów",
            "product": "produktu",
        },
    ),
    "German": (
        ("Leiter {}", "Teamleiterin {}"),
        {
            "finance": "Finanzen, Rechnungswesen, Controlling, Steuern, Debitoren, Kreditoren",
            "IT": "Informatik, EDV, Infrastruktur, Informationssicherheit, Softwareentwicklung, Daten",
            "operations": "Produktion, Fertigung, Logistik, Lager, Supply Chain, Versand, Qualität, Instandhaltung",
            "engineering": "Konstruktion",
            "procurement": "Einkauf, Beschaffung, Materialwirtschaft",
            "marketing": "Kommunikation, Werbung",
            "sales": "Vertrieb, Verkauf, Key Account, Export, Außendienst",
            "customer service": "Kundenservice, Kundendienst, After Sales",
            "HR": "Personal, Personalwesen, Recruiting, Ausbildung",
            "legal": "Recht",
            "risk": "Compliance, Risikomanagement, Geldwäscheprävention",
            "lending": "Kredit, Marktfolge, Baufinanzierung",
            "product": "Produktmanagement",
        },
    ),
    "English": (
        ("Head of {}", "{} Manager"),
        {
            "finance": "Accounts Payable, Tax, Audit, Collections",
            "IT": "Infrastructure, Cybersecurity, Data, Software Development",
            "operations": "Production, Warehouse, Logistics, Quality, Maintenance, Facilities",
            "engineering": "Engineering",
            "procurement": "Purchasing, Sourcing",
            "marketing": "Brand, Events, PR",
            "sales": "Sales, Key Accounts, Export, Business Development",
            "customer service": "Customer Service, Customer Care, Contact Center",
            "HR": "Talent, Training",
            "legal": "Legal",
            "risk": "Compliance, Risk, Fraud",
            "lending": "Mortgage, Credit",
            "product": "Product",
        },
    ),
}

CASES = [
    (template.format(word), function)
    for templates, fields in FIELDS.values()
    for function, words in fields.items()
    for word in words.split(", ")
    for template in templates
]


@pytest.mark.parametrize(("title", "function"), CASES, ids=[title for title, _ in CASES])
def test_a_field_of_work_shows_its_function(title: str, function: str) -> None:
    reading = read_title(title, lexicon_of(AGREEMENT, title_words()))
    assert reading.functions == (function,)
    assert reading.level in ("director", "manager")
