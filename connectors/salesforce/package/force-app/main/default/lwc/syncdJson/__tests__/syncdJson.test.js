import { readAccount, readGates, readPicture } from 'c/syncdJson';

const FOREIGN = [null, '', '{', 'null', '7', '"roles"', '[]', '[{"roles": []}]', '{}', '{"roles": {}, "gates": 1}'];

describe('c-syncd-json', () => {
    it.each(FOREIGN)('finds nothing in %s', (json) => {
        expect(readPicture(json)).toBeNull();
        expect(readAccount(json)).toBeNull();
        expect(readGates(json)).toBeNull();
    });

    it('passes over what a newer syncd writes, and over what is not as it should be', () => {
        const picture = readPicture(
            JSON.stringify({
                roles: [{ role: 'Champion', needed: 'two', by: [{ name: 7, mood: 1 }, 'Ann'], strength: {} }, null],
                unknown: [{ what: 'criteria', field: 'Id, OwnerId' }],
                known: 'budget',
                next: [{ closes: ['criteria'], say: '<b>bold</b>' }],
                people: -1,
                weather: 'fine'
            })
        );
        expect(picture.roles).toEqual([
            {
                key: '0',
                role: 'Champion',
                needed: 0,
                by: [{ key: '0', name: '7', title: '' }],
                state: '',
                strength: ''
            }
        ]);
        expect(picture.findings).toEqual([expect.objectContaining({ what: 'criteria', field: '' })]);
        expect(picture.next[0]).toEqual({ key: '0', closes: '', reach: '', say: '<b>bold</b>', by: '' });
        expect([picture.people, picture.leftOut, picture.label]).toEqual([0, 0, '']);
    });

    it.each(['Id', 'OwnerId', 'StageName', 'Their_Budget', 'Account.Budget__c', 'a b__c', 7, null])(
        'takes no answer for %s: a record says where it goes',
        (field) => {
            const asks = { field, choices: [{ value: 'a', label: 'A' }] };
            const picture = readPicture(JSON.stringify({ roles: [], unknown: [{ what: 'budget', field }], asks }));
            expect([picture.findings[0].field, picture.asks]).toEqual(['', null]);
        }
    );

    it('reads the choices of a question, without those that are none', () => {
        const choices = [{ value: 'a', label: 'A' }, { value: 'b' }, { label: 'C' }, 7];
        const picture = readPicture(JSON.stringify({ roles: [], asks: { field: 'Their_Offer__c', choices } }));
        expect(picture.asks.choices).toEqual([
            { value: 'a', label: 'A' },
            { value: 'b', label: 'b' }
        ]);
    });

    it('reads an account whose opportunities are of any number', () => {
        const json = '{"account": "Bank", "opportunities": [{"name": "A"}, 7, {"name": "B"}], "left_out": 3}';
        const account = readAccount(json);
        expect(account.opportunities.map((picture) => picture.name)).toEqual(['A', 'B']);
        expect(account.leftOut).toBe(3);
    });

    it('reads gates with nothing but their names', () => {
        const person = readGates('{"gates": [{"name": "market"}], "would_pass": ["a", "", 7], "topics": null}');
        expect(person.gates[0]).toEqual(expect.objectContaining({ name: 'market', ruling: '', reason: '' }));
        expect(person.wouldPass.map((line) => line.text)).toEqual(['a', '7']);
        expect(person.topics).toEqual([]);
    });
});
