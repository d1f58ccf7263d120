import { createElement } from 'lwc';
import { getRecord, updateRecord } from 'lightning/uiRecordApi';
import SyncdPerson from 'c/syncdPerson';

const GATES = require('./data/gates.json');

const ID = '003000000000001AAA';
const CONTACT = {
    Syncd_Gates_JSON__c: JSON.stringify(GATES),
    Syncd_Is_Mine__c: true,
    Syncd_Reason__c: 'market: yes, in the served market',
    Syncd_Released_On__c: '2026-11-27',
    Syncd_Verdict__c: 'rejected',
    Syncd_Verdict_Reason__c: 'wrong time'
};

const settled = () => new Promise((resolve) => setTimeout(resolve));

function show(more = {}) {
    const element = createElement('c-syncd-person', { is: SyncdPerson });
    Object.assign(element, { recordId: ID, objectApiName: 'Contact', ...more });
    document.body.appendChild(element);
    return element;
}

async function answer(fields, ...without) {
    const shown = Object.entries(fields).filter(([name]) => !without.includes(name));
    getRecord.emit({ id: ID, fields: Object.fromEntries(shown.map(([name, value]) => [name, { value }])) });
    await settled();
}

function within(root) {
    const elements = [...(root.shadowRoot ?? root).querySelectorAll('*')];
    return elements.flatMap((element) => [element, ...(element.shadowRoot ? within(element) : [])]);
}

const all = (element, selector) => within(element).filter((one) => one.matches(selector));
const one = (element, selector) => all(element, selector)[0];
const words = (element) =>
    within(element)
        .flatMap((node) => [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE))
        .map((node) => node.textContent.trim())
        .filter(Boolean)
        .join(' ');

describe('c-syncd-person', () => {
    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
        updateRecord.mockResolvedValue({});
    });

    it.each(['Contact', 'Lead'])('asks a %s for nothing but fields that may be hidden', async (objectApiName) => {
        show({ objectApiName });
        await settled();
        const config = getRecord.getLastConfig();
        expect(config.fields).toBeUndefined();
        expect(config.optionalFields).toContain(`${objectApiName}.Syncd_Gates_JSON__c`);
    });

    it('shows the word that counts where this record has none, and until when they rest', async () => {
        const element = show();
        const returned = 'not yet: wrong time; at rest until 2027-02-28';
        const fields = { ...CONTACT, Syncd_Verdict__c: null, Syncd_Verdict_Reason__c: null };
        const texts = () => within(element).map((each) => each.textContent);
        await answer({ ...fields, Syncd_Gates_JSON__c: JSON.stringify({ ...GATES, verdict: 'not yet', returned }) });
        expect(texts().some((shown) => shown.includes('Not yet: wrong time; at rest until 2027-02-28.'))).toBe(true);
        expect(texts().some((shown) => shown.includes(`None: ${returned}`))).toBe(true);
        await answer({ ...fields, Syncd_Gates_JSON__c: JSON.stringify({ ...GATES, verdict: 'accepted' }) });
        expect(texts().some((shown) => shown.includes('Accepted elsewhere.'))).toBe(true);
        await answer({ ...fields, Syncd_Gates_JSON__c: JSON.stringify(GATES) });
        expect(texts().some((shown) => shown.includes('No verdict yet.'))).toBe(true);
    });

    it('tells the gates, what would make them pass, the topics and how to talk to them', async () => {
        const element = show();
        await answer(CONTACT);
        expect(all(element, 'tbody tr')).toHaveLength(GATES.gates.length);
        const text = words(element);
        expect(text).toContain('Explore: ask about their problem, not for business');
        expect(text).toContain('fraud detection, instant payments');
        expect(words(one(element, '[data-id="guidance"]'))).toContain('Never ask for business');
        expect(words(one(element, '[data-id="would-pass"]'))).toContain('Responded: a response');
        expect(text).toContain('Source');
        expect(text).toContain('to you');
        expect(all(element, 'lightning-formatted-date-time').map((date) => date.value)).toEqual(['2026-11-27']);
    });

    it.each(['LARGE', 'SMALL'])('tells a value once, where the reason says it already, in a %s region', async (region) => {
        const element = show({ flexipageRegionWidth: region });
        const gates = [
            { name: 'role', ruling: 'yes', reason: 'champion: the title reads as finance', value: 'Champion' },
            { name: 'reachable', ruling: 'yes', reason: 'the address is valid', value: 'ann@bank.example' }
        ];
        await answer({ ...CONTACT, Syncd_Gates_JSON__c: JSON.stringify({ ...GATES, gates }) });
        expect(words(element)).not.toContain('Value: Champion');
        expect(words(element)).toContain('Value: ann@bank.example');
    });

    it('tells rulings by words, not by colour alone', async () => {
        const element = show();
        await answer(CONTACT);
        const rulings = all(element, 'tbody tr').map((row) => row.querySelectorAll('td')[0].textContent.trim());
        expect(rulings).toEqual(['Yes', 'Yes', 'Unknown', 'Yes', 'No']);
    });

    it('has a list instead of the table where the region is small', async () => {
        const element = show({ flexipageRegionWidth: 'SMALL' });
        await answer(CONTACT);
        expect(one(element, 'table')).toBeUndefined();
        expect(words(element)).toContain('Source: salesforce Contact.Title');
    });

    it('guides nobody who does not explore', async () => {
        const element = show();
        await answer({ ...CONTACT, Syncd_Gates_JSON__c: JSON.stringify({ ...GATES, guidance: [], would_pass: [] }) });
        expect(one(element, '[data-id="guidance"]')).toBeUndefined();
        expect(one(element, '[data-id="would-pass"]')).toBeUndefined();
    });

    it('says that the gates are hidden, and tells them in words', async () => {
        const element = show();
        await answer(CONTACT, 'Syncd_Gates_JSON__c');
        expect(words(element)).toContain('Your administrator hides the field Syncd Gates (JSON) from you.');
        expect(words(element)).toContain('Market: yes, in the served market');
        expect(all(element, '[data-verdict]')).toHaveLength(3);
    });

    it('says that nothing is written yet', async () => {
        const element = show();
        await answer({ ...CONTACT, Syncd_Gates_JSON__c: null, Syncd_Reason__c: null });
        expect(words(element)).toContain('syncd has not written here yet.');
    });

    it.each(['{"cut', '7', '{"gates": 7}'])('says that %s cannot be read', async (json) => {
        const element = show();
        await answer({ ...CONTACT, Syncd_Gates_JSON__c: json });
        expect(words(element)).toContain('This page cannot read the gates that syncd wrote.');
        expect(words(element)).toContain('Market: yes, in the served market');
    });

    it('draws the gates of a newer syncd as far as it knows them', async () => {
        const element = show();
        const gates = [{ name: 'moon', ruling: 'perhaps', reason: 'it is full', phase: 3 }];
        await answer({ ...CONTACT, Syncd_Gates_JSON__c: JSON.stringify({ gates, ask: 'sing', weather: 'fine' }) });
        expect(words(element)).toContain('Moon');
        expect(words(element)).toContain('Perhaps');
        expect(words(element)).toContain('Sing');
    });

    it('shows the verdict that was given, and changes it', async () => {
        const element = show();
        await answer(CONTACT);
        expect(words(element)).toContain('Rejected: wrong time.');
        one(element, '[data-verdict="accepted"]').click();
        await settled();
        expect(updateRecord).toHaveBeenCalledWith({
            fields: { Id: ID, Syncd_Verdict__c: 'accepted', Syncd_Verdict_Reason__c: null }
        });
    });

    it('takes nothing of one record to another: no word, and nothing begun', async () => {
        const element = show();
        await answer(CONTACT);
        one(element, '[data-verdict="not yet"]').click();
        await settled();
        element.recordId = '003000000000002AAA';
        await settled();
        expect(one(element, '[data-verdict]')).toBeUndefined();
        expect(one(element, 'lightning-spinner')).toBeTruthy();
        await answer(CONTACT);
        expect(one(element, '[data-id="reasons"]')).toBeUndefined();
    });

    it('says why it cannot be read', async () => {
        const element = show();
        getRecord.error({ message: 'No access' }, 403);
        await settled();
        expect(one(element, '[data-id="failure"]').textContent).toBe('No access');
    });

    it('says how many entries have no room', async () => {
        const element = show();
        await answer({ ...CONTACT, Syncd_Gates_JSON__c: JSON.stringify({ ...GATES, left_out: 1 }) });
        expect(words(element)).toContain('1 more entry has no room in the field.');
    });
});
