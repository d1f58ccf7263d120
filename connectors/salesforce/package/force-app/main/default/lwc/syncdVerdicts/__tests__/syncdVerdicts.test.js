import { readFileSync } from 'fs';
import { join } from 'path';
import { REASONS, VERDICTS } from 'c/syncdVerdicts';

const OBJECTS = join(__dirname, '..', '..', '..', 'objects');

function valuesOf(object, field) {
    const xml = readFileSync(join(OBJECTS, object, 'fields', `${field}.field-meta.xml`), 'utf8');
    const values = new DOMParser().parseFromString(xml, 'text/xml').querySelectorAll('valueSetDefinition > value');
    return [...values].map((value) => value.querySelector('fullName').textContent);
}

describe('c-syncd-verdicts', () => {
    it.each(['Activity', 'Contact', 'Lead', 'Opportunity'])('names the values that the fields on %s have', (object) => {
        expect(VERDICTS).toEqual(valuesOf(object, 'Syncd_Verdict__c'));
        expect(REASONS).toEqual(valuesOf(object, 'Syncd_Verdict_Reason__c'));
    });
});
