import { createElement } from 'lwc';
import { updateRecord } from 'lightning/uiRecordApi';
import SyncdAnswer from 'c/syncdAnswer';

const ID = '006000000000001AAA';
const field = (value) => ({ isHidden: false, isEmpty: value === null, value });

const settled = () => new Promise((resolve) => setTimeout(resolve));

function show(more = {}) {
    const element = createElement('c-syncd-answer', { is: SyncdAnswer });
    const asked = { recordId: ID, field: 'Their_Budget__c', what: 'Budget', told: '', stored: field(null) };
    Object.assign(element, asked, more);
    document.body.appendChild(element);
    return element;
}

const find = (element, selector) => element.shadowRoot.querySelector(selector);

async function tap(element, id) {
    find(element, `[data-id="${id}"]`).click();
    await settled();
}

async function type(element, text) {
    find(element, 'lightning-textarea').dispatchEvent(new CustomEvent('change', { detail: { value: text } }));
    await settled();
}

describe('c-syncd-answer', () => {
    afterEach(() => {
        document.body.replaceChildren();
        jest.clearAllMocks();
        updateRecord.mockResolvedValue({});
    });

    it('writes what was typed to the field that the picture names', async () => {
        const element = show();
        expect(find(element, '[data-id="open"]').getAttribute('aria-label')).toBe('Answer: Budget');
        await tap(element, 'open');
        await type(element, ' 200,000 of IT ');
        await tap(element, 'save');
        expect(updateRecord.mock.calls).toEqual([[{ fields: { Id: ID, Their_Budget__c: '200,000 of IT' } }]]);
        expect(find(element, 'lightning-textarea')).toBeNull();
        expect(find(element, '[data-id="awaited"]').textContent).toContain('200,000 of IT');
        expect(find(element, '[role="status"]').textContent).toBe('Your answer is saved.');
    });

    it('loses nothing that was typed where the write is refused, and tries again', async () => {
        const element = show();
        updateRecord.mockRejectedValueOnce({ body: { message: 'Budget: data value too large' } });
        await tap(element, 'open');
        await type(element, 'a long story');
        await tap(element, 'save');
        expect(find(element, '[data-id="failure"]').textContent).toBe('Not saved. Budget: data value too large');
        expect(find(element, 'lightning-textarea').value).toBe('a long story');
        await tap(element, 'save');
        expect(find(element, 'lightning-textarea')).toBeNull();
    });

    it('keeps what is being typed when the record is read again', async () => {
        const element = show();
        await tap(element, 'open');
        await type(element, 'half a sent');
        element.stored = field('of somebody else');
        await settled();
        expect(find(element, 'lightning-textarea').value).toBe('half a sent');
    });

    it('starts from what stands there, and says which of it syncd has not read yet', async () => {
        const element = show({ stored: field('the board'), told: 'the CFO' });
        expect(find(element, '[data-id="awaited"]').textContent).toContain('syncd reads it with its next cycle');
        await tap(element, 'open');
        expect(find(element, 'lightning-textarea').value).toBe('the board');
        await tap(element, 'cancel');
        expect(find(element, '[data-id="open"]')).not.toBeNull();
        expect(updateRecord).not.toHaveBeenCalled();
    });

    it('does not tell twice what syncd has read', () => {
        const element = show({ stored: field('the board'), told: 'the board' });
        expect(find(element, '[data-id="awaited"]')).toBeNull();
        expect(find(element, '[data-id="open"]').textContent).toBe('Change');
    });

    it('reads lines as syncd does, which tells them as one', () => {
        const element = show({ stored: field('the board,\n\nthen  the CFO\n'), told: 'the board, then the CFO' });
        expect(find(element, '[data-id="awaited"]')).toBeNull();
        const shortened = show({ stored: field('the board,\nthen the CFO'), told: 'the board, th…' });
        expect(find(shortened, '[data-id="awaited"]')).toBeNull();
    });

    it('writes the value of what was chosen, and tells its label', async () => {
        const choices = [
            { label: 'Digital lending', value: 'digital-lending' },
            { label: 'None of these', value: 'none' }
        ];
        const element = show({ field: 'Their_Offer__c', what: 'Offer', choices });
        await tap(element, 'open');
        expect(find(element, 'lightning-textarea')).toBeNull();
        const group = find(element, 'lightning-radio-group');
        expect(group.options).toEqual(choices);
        group.dispatchEvent(new CustomEvent('change', { detail: { value: 'digital-lending' } }));
        await tap(element, 'save');
        expect(updateRecord.mock.calls).toEqual([[{ fields: { Id: ID, Their_Offer__c: 'digital-lending' } }]]);
        expect(find(element, '[data-id="awaited"]').textContent).toContain('Digital lending');
    });

    it('empties the field where nothing is left', async () => {
        const element = show({ stored: field('the board'), told: 'the board' });
        await tap(element, 'open');
        await type(element, '  ');
        await tap(element, 'save');
        expect(updateRecord).toHaveBeenCalledWith({ fields: { Id: ID, Their_Budget__c: null } });
    });

    it('says that the field is hidden', () => {
        const element = show({ stored: { isHidden: true, isEmpty: false, value: null } });
        const sentence = 'Your administrator hides the field Their_Budget__c from you.';
        expect(element.shadowRoot.textContent).toContain(sentence);
        expect(find(element, 'button')).toBeNull();
        const titled = show({ title: 'Their Budget', stored: { isHidden: true, isEmpty: false, value: null } });
        expect(titled.shadowRoot.textContent).toContain('hides the field Their Budget from you.');
    });
});
