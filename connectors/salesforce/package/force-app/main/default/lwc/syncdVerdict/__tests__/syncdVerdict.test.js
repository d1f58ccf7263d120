import { createElement } from 'lwc';
import { updateRecord } from 'lightning/uiRecordApi';
import SyncdVerdict from 'c/syncdVerdict';

const ID = '006000000000001AAA';
const field = (value) => ({ isHidden: false, isEmpty: value === null, value });
const HIDDEN = { isHidden: true, isEmpty: false, value: null };
const REFUSAL = { body: { output: { errors: [{ message: 'Say why first.' }], fieldErrors: {} } } };

const settled = () => new Promise((resolve) => setTimeout(resolve));

function show(verdict = field(null), reason = field(null)) {
    const element = createElement('c-syncd-verdict', { is: SyncdVerdict });
    Object.assign(element, { recordId: ID, verdict, reason });
    document.body.appendChild(element);
    return element;
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);
const button = (element, verdict) => find(element, `[data-verdict="${verdict}"]`);
const pressed = (element) =>
    [...element.shadowRoot.querySelectorAll('[data-verdict]')]
        .filter((one) => one.getAttribute('aria-pressed') === 'true')
        .map((one) => one.dataset.verdict);

async function tap(element, selector) {
    find(element, selector).click();
    await settled();
}

async function choose(element, reason) {
    find(element, 'lightning-radio-group').dispatchEvent(new CustomEvent('change', { detail: { value: reason } }));
    await settled();
}

describe('c-syncd-verdict', () => {
    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
        updateRecord.mockResolvedValue({});
    });

    it('accepts with one tap, and takes an earlier reason away', async () => {
        const element = show(field('not yet'), field('wrong time'));
        expect(find(element, '[data-id="given"]').textContent).toContain('Not yet: wrong time.');
        await tap(element, '[data-verdict="accepted"]');
        expect(updateRecord.mock.calls).toEqual([
            [{ fields: { Id: ID, Syncd_Verdict__c: 'accepted', Syncd_Verdict_Reason__c: null } }]
        ]);
        expect(pressed(element)).toEqual(['accepted']);
        expect(find(element, '[role="status"]').textContent).toBe('Your verdict is saved.');
    });

    it.each(['not yet', 'rejected'])('asks for a reason of %s before anything is saved', async (verdict) => {
        const element = show();
        await tap(element, `[data-verdict="${verdict}"]`);
        expect(updateRecord).not.toHaveBeenCalled();
        expect(find(element, 'lightning-radio-group').options).toHaveLength(9);
        await tap(element, '[data-id="save"]');
        expect(updateRecord).not.toHaveBeenCalled();
        expect(find(element, '[role="alert"]').textContent).toMatch(/Choose a reason/);
        await choose(element, 'no budget');
        expect(find(element, '[role="alert"]')).toBeNull();
        await tap(element, '[data-id="save"]');
        expect(updateRecord).toHaveBeenCalledWith({
            fields: { Id: ID, Syncd_Verdict__c: verdict, Syncd_Verdict_Reason__c: 'no budget' }
        });
        expect(find(element, 'lightning-radio-group')).toBeNull();
        expect(find(element, '[data-id="given"]').textContent).toContain('no budget');
    });

    it('saves nothing where it is cancelled, and shows what was given', async () => {
        const element = show(field('accepted'));
        await tap(element, '[data-verdict="rejected"]');
        expect(pressed(element)).toEqual(['rejected']);
        await tap(element, '[data-id="cancel"]');
        expect(pressed(element)).toEqual(['accepted']);
        expect(updateRecord).not.toHaveBeenCalled();
        expect(element.shadowRoot.activeElement).toBe(button(element, 'rejected'));
    });

    it('shows a refusal in words and keeps the reason that was chosen', async () => {
        const element = show();
        updateRecord.mockRejectedValueOnce(REFUSAL);
        await tap(element, '[data-verdict="rejected"]');
        await choose(element, 'wrong person');
        await tap(element, '[data-id="save"]');
        expect(find(element, '[data-id="failure"]').textContent).toBe('Not saved. Say why first.');
        expect(find(element, 'lightning-radio-group').value).toBe('wrong person');
        expect(find(element, '[data-id="given"]').textContent).toContain('No verdict yet.');
        await tap(element, '[data-id="save"]');
        expect(find(element, '[data-id="failure"]')).toBeNull();
        expect(pressed(element)).toEqual(['rejected']);
    });

    it('shows a refusal of a tap, and what stands there stays', async () => {
        const element = show(field('rejected'), field('no need'));
        updateRecord.mockRejectedValueOnce({ status: 0 });
        await tap(element, '[data-verdict="accepted"]');
        expect(find(element, '[data-id="failure"]').textContent).toMatch(/cannot be reached/);
        expect(pressed(element)).toEqual(['rejected']);
    });

    it('takes a verdict back, and a tap on the one that is given is none', async () => {
        const element = show(field('accepted'));
        await tap(element, '[data-verdict="accepted"]');
        expect(updateRecord).not.toHaveBeenCalled();
        await tap(element, '[data-id="take-back"]');
        expect(updateRecord).toHaveBeenCalledWith({
            fields: { Id: ID, Syncd_Verdict__c: null, Syncd_Verdict_Reason__c: null }
        });
        expect(pressed(element)).toEqual([]);
    });

    it('changes the reason alone, starting from the one that was given', async () => {
        const element = show(field('rejected'), field('no need'));
        await tap(element, '[data-verdict="rejected"]');
        expect(find(element, 'lightning-radio-group').value).toBe('no need');
        await choose(element, 'other');
        await tap(element, '[data-id="save"]');
        expect(updateRecord.mock.calls).toEqual([
            [{ fields: { Id: ID, Syncd_Verdict__c: 'rejected', Syncd_Verdict_Reason__c: 'other' } }]
        ]);
    });

    it('writes one verdict for two quick taps', async () => {
        const element = show();
        button(element, 'accepted').click();
        button(element, 'accepted').click();
        await settled();
        expect(updateRecord).toHaveBeenCalledTimes(1);
    });

    it('believes the record once it says it itself', async () => {
        const element = show();
        await tap(element, '[data-verdict="accepted"]');
        element.verdict = field('rejected');
        element.reason = field('other');
        await settled();
        expect(pressed(element)).toEqual(['rejected']);
    });

    it('says that the verdict is hidden', () => {
        const element = show(HIDDEN);
        expect(element.shadowRoot.textContent).toContain('Your administrator hides the field Verdict from you.');
        expect(find(element, 'button')).toBeNull();
    });

    it('asks for no reason where its field is hidden, and does not write it', async () => {
        const element = show(field(null), HIDDEN);
        await tap(element, '[data-verdict="rejected"]');
        expect(updateRecord).toHaveBeenCalledWith({ fields: { Id: ID, Syncd_Verdict__c: 'rejected' } });
    });
});
