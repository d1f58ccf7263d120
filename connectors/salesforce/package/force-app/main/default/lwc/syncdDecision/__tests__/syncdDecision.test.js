import { createElement } from 'lwc';
import { getRecord, updateRecord } from 'lightning/uiRecordApi';
import SyncdDecision from 'c/syncdDecision';

const PICTURE = require('./data/picture.json');

const ID = '006000000000001AAA';
const ANSWERS = ['Budget', 'Criteria', 'Signature', 'Steps', 'Timeline'].map((name) => `Syncd_${name}__c`);
const OPPORTUNITY = {
    Syncd_Agreement__c: '2026.1',
    Syncd_Picture_JSON__c: JSON.stringify(PICTURE),
    Syncd_Picture__c: 'Offer: Fraud detection.',
    Syncd_Qualified__c: true,
    Syncd_Reason__c: 'in the served market\n3 of 3 MQLs for Fraud detection, 1 needed',
    Syncd_Tally__c: 'Present: 3. An offer is viable with 1.\nRound 1: Ann: engages most.',
    Syncd_Verdict__c: null,
    Syncd_Verdict_Reason__c: null
};
const ACCOUNT = {
    Syncd_Picture_JSON__c: JSON.stringify({ account: 'Bank', opportunities: [PICTURE, PICTURE], left_out: 2 }),
    Syncd_Picture__c: null,
    Syncd_Segment__c: 'mid-size US banks',
    Syncd_Standing__c: 'in',
    Syncd_Standing_Reason__c: 'country: the country is US',
    Syncd_Tally__c: null
};

const settled = () => new Promise((resolve) => setTimeout(resolve));

function show(objectApiName, more = {}) {
    const element = createElement('c-syncd-decision', { is: SyncdDecision });
    Object.assign(element, { recordId: ID, objectApiName, ...more });
    document.body.appendChild(element);
    return element;
}

/** What Salesforce answers: without is what field-level security hides. */
async function answer(fields, ...without) {
    const shown = Object.entries(fields).filter(([name]) => !without.includes(name));
    const record = { id: ID, fields: Object.fromEntries(shown.map(([name, value]) => [name, { value }])) };
    getRecord.emit(record);
    await settled();
}

/** Everything below an element, through all shadows. */
function within(root) {
    const elements = [...(root.shadowRoot ?? root).querySelectorAll('*')];
    return elements.flatMap((element) => [element, ...(element.shadowRoot ? within(element) : [])]);
}

const all = (element, selector) => within(element).filter((one) => one.matches(selector));
const one = (element, selector) => all(element, selector)[0];

function words(root) {
    const said = [];
    const walk = (node) => {
        if (node.nodeType === Node.TEXT_NODE) {
            said.push(node.textContent);
        }
        for (const child of (node.shadowRoot ?? node).childNodes) {
            walk(child);
        }
        if (node.shadowRoot) {
            node.childNodes.forEach(walk);
        }
    };
    walk(root);
    return said.join(' ').replace(/\s+/g, ' ');
}

const headings = (element) =>
    all(element, 'h3, h4').map((heading) => `${heading.localName} ${heading.textContent.trim()}`);
const drawn = (picture) => ({ ...OPPORTUNITY, Syncd_Picture_JSON__c: JSON.stringify({ ...PICTURE, ...picture }) });

describe('c-syncd-decision', () => {
    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
        updateRecord.mockResolvedValue({});
    });

    describe('on an opportunity', () => {
        it('asks for nothing but fields that may be hidden', async () => {
            show('Opportunity');
            await settled();
            const configs = [];
            getRecord.emit({}, (config) => !configs.push(config));
            const [config, ...others] = configs.filter(({ recordId }) => recordId);
            expect(others).toEqual([]);
            expect(config.fields).toBeUndefined();
            expect(config.optionalFields).toContain('Opportunity.Syncd_Picture_JSON__c');
        });

        it('waits with a spinner', () => {
            expect(one(show('Opportunity'), 'lightning-spinner')).toBeTruthy();
        });

        it('tells why it is here, who decides, how they decide, and the caucus', async () => {
            const element = show('Opportunity');
            await answer(OPPORTUNITY);
            expect(headings(element)).toEqual([
                'h3 Your verdict',
                'h3 Why it is here',
                'h3 Who decides',
                'h3 How they decide',
                'h3 Who stands with which offer (caucus)'
            ]);
            const text = words(element);
            expect(text).toContain('In the served market');
            expect(text).toContain('Roles covered 3 of 5');
            expect(text).toContain('Enough qualified leads Yes, today');
            expect(text).toContain('Gap: nobody');
            expect(text).toContain('Gap: 1 missing');
            expect(text).toContain('Cen Tral asks Ann Invented');
            expect(text).toContain('By which criteria will they choose?');
            expect(one(element, 'lightning-spinner')).toBeUndefined();
        });

        it('has a row for every role in a table', async () => {
            const element = show('Opportunity');
            await answer(OPPORTUNITY);
            expect(all(element, 'tbody tr')).toHaveLength(PICTURE.roles.length);
            expect(all(element, 'th[scope="row"]').map((cell) => cell.textContent.trim())[0]).toBe('Executive Sponsor');
        });

        it('has a list instead of the table where the region is small', async () => {
            const element = show('Opportunity', { flexipageRegionWidth: 'SMALL' });
            await answer(OPPORTUNITY);
            expect(one(element, 'table')).toBeUndefined();
            expect(words(element)).toContain('Gap: nobody');
        });

        it('says what is hidden, and shows the rest', async () => {
            const element = show('Opportunity');
            await answer(OPPORTUNITY, 'Syncd_Reason__c', 'Syncd_Tally__c', 'Syncd_Picture_JSON__c', 'Syncd_Verdict__c');
            for (const label of ['Syncd Reason', 'Syncd Tally', 'Syncd Picture (JSON)', 'Verdict']) {
                expect(words(element)).toContain(`Your administrator hides the field ${label} from you.`);
            }
            expect(words(element)).toContain('Offer: Fraud detection.');
        });

        it('says once that all is empty', async () => {
            const element = show('Opportunity');
            await answer(Object.fromEntries(Object.keys(OPPORTUNITY).map((name) => [name, null])));
            expect(words(element).match(/syncd has not written here yet\./g)).toHaveLength(1);
            expect(words(element)).toContain('No verdict yet.');
        });

        it('says what is empty beside what is not', async () => {
            const element = show('Opportunity');
            await answer({ ...OPPORTUNITY, Syncd_Picture_JSON__c: null, Syncd_Picture__c: null, Syncd_Tally__c: null });
            expect(words(element).match(/syncd has not written here yet\./g)).toHaveLength(2);
        });

        it('knows an opportunity that sales opened by its picture without a reason', async () => {
            const element = show('Opportunity');
            await answer({ ...OPPORTUNITY, Syncd_Reason__c: null });
            expect(words(element)).toContain('Sales opened this opportunity');
            expect(words(element)).not.toContain('Enough qualified leads');
        });

        it.each(['{"cut', '[]', '{"weather": 1}'])('tells the picture in words where its JSON is %s', async (json) => {
            const element = show('Opportunity');
            await answer({ ...OPPORTUNITY, Syncd_Picture_JSON__c: json });
            expect(words(element)).toContain('This page cannot read the picture that syncd wrote.');
            expect(words(element)).toContain('Offer: Fraud detection.');
            expect(all(element, '[data-verdict]')).toHaveLength(3);
        });

        it('knows a role with brackets in its name, and what closes its gap', async () => {
            const element = show('Opportunity');
            const picture = JSON.stringify(PICTURE).replaceAll('Champion', 'Champion (of ours)');
            await answer({ ...OPPORTUNITY, Syncd_Picture_JSON__c: picture });
            const text = words(all(element, 'tbody tr').find((row) => row.textContent.includes('Champion (of ours)')));
            expect(text).toContain('Gap: 1 missing');
            expect(text).toContain('Cen Tral asks ');
            expect(words(one(element, 'c-syncd-findings'))).not.toContain('Champion');
        });

        it('draws a picture of a newer syncd as far as it knows it', async () => {
            const element = show('Opportunity');
            const roles = PICTURE.roles.map((role) => ({ ...role, state: 'guessed', strength: 'immense', mood: 1 }));
            await answer(drawn({ roles, weather: 'fine' }));
            expect(words(element)).toContain('Guessed');
            expect(words(element)).toContain('Immense');
        });

        it('draws an empty picture', async () => {
            const element = show('Opportunity');
            const nothing = { label: '', people: 0, roles: [], gaps: [], known: [], unknown: [], next: [] };
            await answer(drawn({ ...nothing, left_out: 7 }));
            expect(words(element)).toContain('No contact is known at this account');
            expect(words(element)).toContain('Not known: the opportunity names none');
            expect(words(element)).toContain('7 more entries have no room in the field.');
            expect(headings(element)).not.toContain('h3 Who decides');
        });

        it('tells what no other gap asks for, and a close date that has passed', async () => {
            const element = show('Opportunity');
            const offer = { closes: 'offer', reach: 'Rae Rep', say: 'say which offer it is for', by: 'Rae Rep' };
            await answer(drawn({ overdue: '2026-11-20', next: [offer, ...PICTURE.next] }));
            expect(words(one(element, '[data-id="others"]'))).toContain('Say which offer it is for Rae Rep');
            expect(all(element, 'lightning-formatted-date-time').map((date) => date.value)).toContain('2026-11-20');
        });

        it.each([
            ['Rae Rep', 'Rae Rep', 'say it', 'Rae Rep'],
            ['Rae Rep', 'Ann', 'Who signs?', 'Rae Rep asks Ann'],
            ['marketing', 'Ann', 'invite them to an event', 'Marketing writes to Ann'],
            ['marketing', 'Ann', 'find out their function and level', 'Marketing, about Ann'],
            ['marketing', 'nobody is known', 'find the Champion', 'Marketing; nobody is known yet']
        ])('says in words what %s does with %s', async (by, reach, say, sentence) => {
            const element = show('Opportunity');
            await answer(drawn({ next: [{ closes: 'weather', reach, say, by }] }));
            expect(words(one(element, '[data-id="others"]')).trim().endsWith(` ${sentence}`)).toBe(true);
        });

        it('says it as text, whatever a record says', async () => {
            const element = show('Opportunity');
            await answer({ ...OPPORTUNITY, Syncd_Reason__c: '<img src=x onerror=alert(1)>' });
            expect(one(element, 'img')).toBeUndefined();
            expect(words(element)).toContain('<img src=x onerror=alert(1)>');
        });

        it('reads the fields that the picture names, and writes an answer there', async () => {
            const element = show('Opportunity');
            await answer(OPPORTUNITY);
            expect(getRecord.getLastConfig().optionalFields).toEqual(ANSWERS.map((name) => `Opportunity.${name}`));
            const unanswered = Object.fromEntries(ANSWERS.map((name) => [name, null]));
            await answer({ ...OPPORTUNITY, ...unanswered }, 'Syncd_Steps__c');
            expect(words(element)).toContain('Your administrator hides the field Syncd_Steps__c from you.');
            one(element, '[aria-label="Answer: Criteria"]').click();
            await settled();
            one(element, 'lightning-textarea').dispatchEvent(new CustomEvent('change', { detail: { value: 'price' } }));
            one(element, '[data-id="save"]').click();
            await settled();
            expect(updateRecord).toHaveBeenCalledWith({ fields: { Id: ID, Syncd_Criteria__c: 'price' } });
        });

        it('asks for the offer where the opportunity names none, and writes the choice', async () => {
            const element = show('Opportunity');
            const choices = [{ value: 'fraud-detection', label: 'Fraud detection' }];
            const next = [{ closes: 'offer', reach: 'Rae Rep', say: 'say which offer it is for', by: 'Rae Rep' }];
            const asks = { field: 'Syncd_Offer__c', title: 'Syncd Offer', choices };
            const fields = { ...drawn({ offer: null, label: '', next, asks }), Syncd_Offer__c: null };
            await answer(fields);
            await answer(fields);
            one(element, '[aria-label="Answer: Offer"]').click();
            await settled();
            const chosen = new CustomEvent('change', { detail: { value: 'fraud-detection' } });
            one(element, '[data-id="offer"]').shadowRoot.querySelector('lightning-radio-group').dispatchEvent(chosen);
            one(element, '[data-id="save"]').click();
            await settled();
            expect(updateRecord).toHaveBeenCalledWith({ fields: { Id: ID, Syncd_Offer__c: 'fraud-detection' } });
        });

        it('says that answers cannot be shown, and why', async () => {
            const element = show('Opportunity');
            await answer(OPPORTUNITY);
            getRecord.error({ errorCode: 'NOT_FOUND', message: 'not found' }, 404);
            await settled();
            expect(one(element, '[data-id="answers-failure"]').textContent).toBe(
                'The answers cannot be shown. This record is not there any more, or you may not see it.'
            );
        });

        it('keeps the lines of an answer that syncd has read, and tells it once', async () => {
            const element = show('Opportunity');
            const [first, ...rest] = PICTURE.unknown.filter(({ what }) => what === 'criteria');
            const known = [{ ...first, state: 'known', value: 'price, then fit' }];
            const fields = { ...drawn({ known, unknown: rest }), Syncd_Criteria__c: 'price,\nthen fit' };
            await answer(fields);
            await answer(fields);
            expect(all(element, '[data-id="value"]').filter((value) => value.textContent === 'price,\nthen fit')).toHaveLength(1);
            expect(one(element, '[data-id="awaited"]')).toBeUndefined();
        });

        it('keeps what is typed when an answer becomes known meanwhile', async () => {
            const element = show('Opportunity');
            const fields = { ...OPPORTUNITY, ...Object.fromEntries(ANSWERS.map((name) => [name, null])) };
            await answer(fields);
            await answer(fields);
            one(element, '[aria-label="Answer: Criteria"]').click();
            await settled();
            one(element, 'lightning-textarea').dispatchEvent(new CustomEvent('change', { detail: { value: 'half' } }));
            const [steps, others] = [
                PICTURE.unknown.filter((finding) => finding.what === 'steps'),
                PICTURE.unknown.filter((finding) => finding.what !== 'steps')
            ];
            const known = [...PICTURE.known, { ...steps[0], state: 'known', value: 'the board' }];
            await answer({ ...fields, Syncd_Picture_JSON__c: JSON.stringify({ ...PICTURE, known, unknown: others }) });
            expect(one(element, 'lightning-textarea').value).toBe('half');
        });

        it('gives the verdict', async () => {
            const element = show('Opportunity');
            await answer(OPPORTUNITY);
            one(element, '[data-verdict="accepted"]').click();
            await settled();
            expect(updateRecord).toHaveBeenCalledWith({
                fields: { Id: ID, Syncd_Verdict__c: 'accepted', Syncd_Verdict_Reason__c: null }
            });
        });

        it('takes nothing of one record to another: no word, and nothing begun', async () => {
            const element = show('Opportunity');
            await answer(OPPORTUNITY);
            one(element, '[data-verdict="rejected"]').click();
            await settled();
            element.recordId = '006000000000002AAA';
            await settled();
            expect(one(element, '[data-verdict]')).toBeUndefined();
            expect(one(element, 'lightning-spinner')).toBeTruthy();
            await answer({ ...OPPORTUNITY, Syncd_Picture_JSON__c: null });
            expect(one(element, '[data-id="reasons"]')).toBeUndefined();
            expect(words(element)).not.toContain('Gap: nobody');
        });

        it('says why it cannot be read, and keeps what was read before', async () => {
            const element = show('Opportunity');
            getRecord.error({ errorCode: 'NOT_FOUND', message: 'not found' }, 404);
            await settled();
            expect(one(element, '[data-id="failure"]').textContent).toBe(
                'This record is not there any more, or you may not see it.'
            );
            await answer(OPPORTUNITY);
            expect(one(element, '[data-id="failure"]')).toBeUndefined();
            getRecord.error({ errorCode: 'NOT_FOUND', message: 'not found' }, 404);
            await settled();
            expect(words(element)).toContain('Gap: nobody');
        });
    });

    describe('on an account', () => {
        it('tells its standing, and each opportunity in a part that opens', async () => {
            const element = show('Account');
            await answer(ACCOUNT);
            expect(words(element)).toContain('In the served market, segment mid-size US banks');
            expect(words(element)).toContain('Country: the country is US');
            expect(words(element)).toContain('2 more opportunities have no room here.');
            const parts = all(element, '.slds-section__title-action');
            expect(parts.map((part) => part.getAttribute('aria-expanded'))).toEqual(['true', 'false']);
            expect(all(element, 'table')).toHaveLength(1);
            parts[1].click();
            await settled();
            expect(all(element, 'table')).toHaveLength(2);
            expect(headings(element)).toContain('h4 Who decides');
        });

        it('has no verdict and takes no answers: both belong to an opportunity', async () => {
            const element = show('Account');
            await answer(ACCOUNT);
            expect(one(element, '[data-verdict]')).toBeUndefined();
            expect(one(element, 'c-syncd-answer')).toBeUndefined();
        });

        it('says that no opportunity is open', async () => {
            const element = show('Account');
            await answer({ ...ACCOUNT, Syncd_Picture_JSON__c: '{"account": "Bank", "opportunities": []}' });
            expect(words(element)).toContain('No opportunity is open at this account.');
        });

        it('says what is hidden and what is empty', async () => {
            const element = show('Account');
            const hidden = ['Syncd_Standing_Reason__c', 'Syncd_Standing__c', 'Syncd_Segment__c'];
            await answer({ ...ACCOUNT, Syncd_Picture_JSON__c: null }, ...hidden);
            expect(words(element)).toContain('Your administrator hides the field Syncd Standing Reason from you.');
            expect(words(element).match(/syncd has not written here yet\./g)).toHaveLength(2);
        });
    });
});
