import { inWords } from 'c/syncdErrors';

const refused = (output, message = 'An error occurred while trying to update the record.') => ({
    status: 400,
    body: { message, output }
});

describe('c-syncd-errors', () => {
    it.each([
        [
            'a validation rule speaks for itself',
            refused({
                errors: [{ errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Say why first.' }],
                fieldErrors: {}
            }),
            'Say why first.'
        ],
        [
            'what is refused of a field is said, each sentence once',
            refused({
                errors: [],
                fieldErrors: {
                    Syncd_Budget__c: [{ errorCode: 'STRING_TOO_LONG', message: 'Budget: data value too large' }],
                    Syncd_Steps__c: [{ errorCode: 'STRING_TOO_LONG', message: 'Budget: data value too large' }]
                }
            }),
            'Budget: data value too large'
        ],
        [
            'who may only read is told whom to ask',
            refused({ errors: [{ errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY', message: 'insufficient access' }] }),
            'You may see this record but not change it. Ask its owner or your administrator.'
        ],
        [
            'a deleted record is said to be deleted',
            { status: 404, body: [{ errorCode: 'ENTITY_IS_DELETED', message: 'entity is deleted' }] },
            'This record was deleted.'
        ],
        [
            'a read that is refused has one body',
            { status: 403, body: { errorCode: 'INSUFFICIENT_ACCESS', message: 'no access' } },
            'You may see this record but not change it. Ask its owner or your administrator.'
        ],
        [
            'without a connection nothing is blamed on the record',
            { status: 0 },
            'Salesforce cannot be reached. Try again when you are connected.'
        ],
        ["a script's error has a message", new Error('It broke.'), 'It broke.'],
        [
            'nothing at all is said to be nothing',
            undefined,
            'Salesforce gave no reason. Try again; if it stays so, tell your administrator.'
        ]
    ])('%s', (_name, error, sentence) => {
        expect(inWords(error)).toBe(sentence);
    });

    it('says that there is no connection where the browser knows it', () => {
        jest.spyOn(globalThis.navigator, 'onLine', 'get').mockReturnValue(false);
        expect(inWords(new TypeError('Failed to fetch'))).toMatch(/cannot be reached/);
        jest.restoreAllMocks();
    });
});
