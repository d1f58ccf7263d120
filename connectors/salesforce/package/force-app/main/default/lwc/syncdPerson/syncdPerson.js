import { LightningElement, api, wire } from 'lwc';
import FORM_FACTOR from '@salesforce/client/formFactor';
import { getRecord } from 'lightning/uiRecordApi';
import { inWords } from 'c/syncdErrors';
import { capitalized, fieldOf, insteadOf, leftOutOf, linesOf } from 'c/syncdFields';
import { readGates } from 'c/syncdJson';
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

/** On a contact or a lead: the gates, what would make them pass, how to talk to them, and the verdict. */
export default class SyncdPerson extends LightningElement {
    @api objectApiName;
    @api flexipageRegionWidth;
    record = null;
    failure = '';
    fields = {};
    person = null;
    shownId;

    /** A page may go on to another record: until that is read nothing is shown, for a tap would be saved there. */
    @api
    get recordId() {
        return this.shownId;
    }
    set recordId(id) {
        if (id !== this.shownId) {
            this.shownId = id;
            this.record = null;
            this.failure = '';
        }
    }

    get optionalFields() {
        return this.objectApiName && FIELDS.map((name) => `${this.objectApiName}.${name}`);
    }

    @wire(getRecord, { recordId: '$recordId', optionalFields: '$optionalFields' })
    receive({ data, error }) {
        this.failure = error ? inWords(error) : '';
        if (data) {
            this.record = data;
            this.fields = Object.fromEntries(FIELDS.map((name) => [name, fieldOf(data, name)]));
            this.person = readGates(this.fields.Syncd_Gates_JSON__c.value);
        }
    }

    get icon() {
        return this.objectApiName === 'Lead' ? 'standard:lead' : 'standard:contact';
    }

    get isNarrow() {
        return FORM_FACTOR === 'Small' || this.flexipageRegionWidth === 'SMALL';
    }

    get isLoading() {
        return !this.record && !this.failure;
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
        const { mql, ask, role, rung, topics, agreement } = this.person;
        const released = this.fields.Syncd_Released_On__c.value;
        const mine = this.fields.Syncd_Is_Mine__c.value === true ? 'to you' : '';
        return [
            { label: 'MQL', value: capitalized(mql || 'unknown'), ...iconOfRuling(mql) },
            { label: 'Next ask', value: ASKS[ask] ?? capitalized(ask) },
            { label: 'Role', value: role || 'None' },
            { label: 'Rung', value: capitalized(rung) },
            { label: 'Released', value: mine, day: released },
            { label: 'Agreement', value: agreement },
            { label: 'Topics', value: topics.map((topic) => topic.text).join(', ') }
        ].filter((fact) => fact.value || fact.day);
    }

    get mends() {
        return this.person.wouldPass.map(({ key, text }) => ({ key, text: capitalized(text) }));
    }

    get leftOut() {
        return leftOutOf(this.person);
    }
}
