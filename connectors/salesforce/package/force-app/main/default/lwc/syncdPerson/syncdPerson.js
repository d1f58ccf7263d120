import { capitalized, insteadOf, leftOutOf, linesOf } from 'c/syncdFields';
import { readGates } from 'c/syncdJson';
import SyncdRecord from 'c/syncdRecord';
import { iconOfRuling } from 'c/syncdStates';

const FIELDS = [
    'Syncd_Gates_JSON__c',
    'Syncd_Is_Mine__c',
    'Syncd_Reason__c',
    'Syncd_Released_On__c',
    'Syncd_Verdict__c',
    'Syncd_Verdict_Reason__c'
];
const UNREADABLE = 'This page cannot read the gates that syncd wrote.';
const ASKS = {
    listen: 'Listen: say which topics they follow',
    invite: 'Invite: to an event or with a paper',
    explore: 'Explore: ask about their problem, not for business',
    ask: 'Ask: talk business',
    decline: 'Decline: not our market'
};

const RUNGS = {
    none: 'Nothing yet',
    messaging: 'They read (messaging)',
    mobilization: 'They took part (mobilization)',
    money: 'They asked for sales or a price (money)'
};

/** On a contact or a lead: the gates, what would make them pass, how to talk to them, and the verdict. */
export default class SyncdPerson extends SyncdRecord {
    person = null;

    get names() {
        return FIELDS;
    }

    show() {
        this.person = readGates(this.fields.Syncd_Gates_JSON__c.value);
    }

    get icon() {
        return this.objectApiName === 'Lead' ? 'standard:lead' : 'standard:contact';
    }

    get instead() {
        const instead = insteadOf(this.fields.Syncd_Gates_JSON__c, 'Syncd Gates (JSON)');
        return instead || (this.person ? '' : UNREADABLE);
    }

    /** The gates in words, which stand beside those that cannot be drawn. */
    get words() {
        return this.instead ? linesOf(this.fields.Syncd_Reason__c.value) : [];
    }

    get facts() {
        const { mql, ask, role, rung, topics, agreement, returned } = this.person;
        const released = this.fields.Syncd_Released_On__c.value;
        const mine = this.fields.Syncd_Is_Mine__c.value === true ? 'to you' : '';
        return [
            { label: 'Qualified lead (MQL)', value: capitalized(mql || 'unknown'), ...iconOfRuling(mql) },
            { label: 'Next ask', value: returned ? `None: ${returned}` : (ASKS[ask] ?? capitalized(ask)) },
            { label: 'Role', value: role || 'None' },
            { label: 'How far they have come', value: RUNGS[rung] ?? capitalized(rung) },
            { label: 'Released', value: mine, day: released },
            { label: 'Agreement', value: agreement },
            { label: 'Topics', value: topics.map((topic) => topic.text).join(', ') }
        ].filter((fact) => fact.value || fact.day);
    }

    /** What came of them by a word on another record, or by what was done, where this one has no word. */
    get elsewhere() {
        const { verdict, returned } = this.person ?? {};
        return returned || (verdict ? `${verdict} elsewhere` : '');
    }

    get mends() {
        return this.person.wouldPass.map(({ key, text }) => ({ key, text: capitalized(text) }));
    }

    get leftOut() {
        return leftOutOf(this.person);
    }
}
