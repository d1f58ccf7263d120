import { createElement } from 'lwc';
import SyncdTally from 'c/syncdTally';

const TALLY = [
    'Present: 3. An offer is viable with 1.',
    'First alignment: Fraud detection: 2 (Ann, Bob); Digital lending: 1 (Cyd).',
    'Round 1: Ann: engages with Fraud detection most.',
    'Round 2: Cyd: Digital lending is not viable.',
    'Viable, with their delegates: Fraud detection: 3 (Ann, Bob, Cyd).',
    'Home, back to marketing: Dan.'
].join('\r\n');

function show(text) {
    const element = createElement('c-syncd-tally', { is: SyncdTally });
    element.text = text;
    document.body.appendChild(element);
    return element.shadowRoot;
}

const texts = (root, selector) => [...root.querySelectorAll(selector)].map((one) => one.textContent);

describe('c-syncd-tally', () => {
    afterEach(() => document.body.replaceChildren());

    it('tells each offer on its own line, and every move once it is asked for', async () => {
        const root = show(TALLY);
        expect(texts(root, 'dt')).toEqual([
            'Present',
            'First alignment',
            'Viable, with their delegates',
            'Home, back to marketing'
        ]);
        expect(texts(root, 'dd')).toContain('Digital lending: 1 (Cyd)');
        expect(texts(root, 'dd')[0]).toBe('3 people. An offer is viable with 1.');
        const button = root.querySelector('button');
        expect([button.textContent, button.getAttribute('aria-expanded')]).toEqual(['Show the 2 moves', 'false']);
        button.click();
        await Promise.resolve();
        expect(button.getAttribute('aria-expanded')).toBe('true');
        expect(texts(root, 'li')).toEqual([
            'Round 1 Ann: engages with Fraud detection most.',
            'Round 2 Cyd: Digital lending is not viable.'
        ]);
    });

    it('tells a sentence as it is', () => {
        const root = show('Nobody is present: no contact of this account is a qualified lead.');
        expect(texts(root, 'dt')).toEqual(['Nobody is present']);
        expect(root.querySelector('button')).toBeNull();
    });
});
