import { wire } from 'lwc';
import { getRecord } from 'lightning/uiRecordApi';
import { inWords } from 'c/syncdErrors';
import { EMPTY, fieldOf, insteadOf, linesOf } from 'c/syncdFields';
import { readAccount, readPicture } from 'c/syncdJson';
import SyncdRecord from 'c/syncdRecord';
import { isGap } from 'c/syncdStates';

const FIELDS = {
    Account: [
        'Syncd_Picture_JSON__c',
        'Syncd_Picture__c',
        'Syncd_Segment__c',
        'Syncd_Standing__c',
        'Syncd_Standing_Reason__c',
        'Syncd_Tally__c'
    ],
    Opportunity: [
        'Syncd_Agreement__c',
        'Syncd_Picture_JSON__c',
        'Syncd_Picture__c',
        'Syncd_Qualified__c',
        'Syncd_Reason__c',
        'Syncd_Tally__c',
        'Syncd_Verdict__c',
        'Syncd_Verdict_Reason__c'
    ]
};
const OPENED_BY_SALES = 'Sales opened this opportunity; syncd shows what is known of the decision.';
const UNREADABLE = 'This page cannot read the picture that syncd wrote.';
const MET = { label: 'Enough qualified leads', value: 'Yes, today', icon: 'utility:success', variant: 'success' };
const MISSED = { label: 'Enough qualified leads', value: 'Not today', icon: 'utility:warning', variant: 'warning' };
const STANDINGS = {
    in: 'In the served market',
    out: 'Out of the served market',
    unknown: 'Not known whether it is in the served market'
};

/** On an account or an opportunity: why it is here, who decides, what is known and not, the caucus, and the verdict. */
export default class SyncdDecision extends SyncdRecord {
    picture = null; // of an opportunity
    account = null; // the pictures of an account
    answerFields; // read once the picture names them
    stored = null;
    answersFailure = '';

    forget() {
        this.answerFields = undefined;
        this.stored = null;
        this.answersFailure = '';
    }

    get names() {
        return FIELDS[this.objectApiName];
    }

    /** The record whose answers are read: none while no field is named for them. */
    get answersOf() {
        return this.answerFields && this.recordId;
    }

    @wire(getRecord, { recordId: '$answersOf', optionalFields: '$answerFields' })
    receiveAnswers({ data, error }) {
        this.answersFailure = error ? `The answers cannot be shown. ${inWords(error)}` : '';
        if (data && this.picture) {
            const names = answerNames(this.picture);
            this.stored = Object.fromEntries(names.map((name) => [name, fieldOf(data, name)]));
        }
    }

    show() {
        const json = this.fields.Syncd_Picture_JSON__c.value;
        this.picture = this.isOpportunity ? readPicture(json) : null;
        this.account = this.isOpportunity ? null : readAccount(json);
        const answerFields = answerNames(this.picture).map((name) => `${this.objectApiName}.${name}`);
        if (String(answerFields) !== String(this.answerFields ?? [])) {
            this.stored = null;
            this.answerFields = answerFields.length ? answerFields : undefined;
        }
    }

    get isOpportunity() {
        return this.objectApiName === 'Opportunity';
    }

    /** Whether syncd has nothing here at all, as on what was closed before it came. */
    get isUnwritten() {
        const { Syncd_Picture__c: text, Syncd_Picture_JSON__c: picture, Syncd_Tally__c: tally } = this.fields;
        return !text.value && [this.reasonField, picture, tally].every((field) => field.isEmpty);
    }

    get unwritten() {
        return EMPTY;
    }

    // ---- why it is here ----------------------------------------------------------------------------------------

    get reasonField() {
        return this.isOpportunity ? this.fields.Syncd_Reason__c : this.fields.Syncd_Standing_Reason__c;
    }

    get reasonInstead() {
        const label = this.isOpportunity ? 'Syncd Reason' : 'Syncd Standing Reason';
        return insteadOf(this.reasonField, label, this.picture ? OPENED_BY_SALES : undefined);
    }

    get reasons() {
        return linesOf(this.reasonField.value);
    }

    /** What stands beside the picture's own facts: whether enough leads qualify (the bar), where syncd judged that, and by what. */
    get facts() {
        const { Syncd_Agreement__c: agreement, Syncd_Qualified__c: qualified, Syncd_Reason__c: reason } = this.fields;
        const bar = reason.value && !qualified.isHidden ? [qualified.value ? MET : MISSED] : [];
        return agreement.value ? [...bar, { label: 'Agreement', value: agreement.value }] : bar;
    }

    get standing() {
        const { Syncd_Standing__c: standing, Syncd_Segment__c: segment } = this.fields;
        if (!standing?.value) {
            return '';
        }
        const words = STANDINGS[standing.value] ?? standing.value;
        return segment.value ? `${words}, segment ${segment.value}` : words;
    }

    // ---- the picture -------------------------------------------------------------------------------------------

    get pictureInstead() {
        const instead = insteadOf(this.fields.Syncd_Picture_JSON__c, 'Syncd Picture (JSON)');
        return instead || (this.picture || this.account ? '' : UNREADABLE);
    }

    /** The picture in words, which stands beside the one that cannot be drawn. */
    get words() {
        return this.pictureInstead ? linesOf(this.fields.Syncd_Picture__c.value) : [];
    }

    get opportunities() {
        return this.account.opportunities.map((picture, index) => ({
            key: picture.key,
            picture,
            isOpen: index === 0,
            note: gaps(picture)
        }));
    }

    get isWithoutOpportunity() {
        return this.account && !this.account.opportunities.length;
    }

    get leftOut() {
        const { leftOut } = this.account;
        return leftOut
            ? `${leftOut} more ${leftOut === 1 ? 'opportunity has' : 'opportunities have'} no room here. ` +
                  'Each shows its picture on its own page.'
            : '';
    }

    // ---- the caucus --------------------------------------------------------------------------------------------

    get tallyInstead() {
        return insteadOf(this.fields.Syncd_Tally__c, 'Syncd Tally');
    }

    get tally() {
        return this.fields.Syncd_Tally__c.value;
    }
}

function gaps(picture) {
    const count = picture.roles.filter(isGap).length;
    return count ? `${count} ${count === 1 ? 'role' : 'roles'} missing` : 'all roles covered';
}

/** The fields in which a picture's questions are answered, each once. */
function answerNames(picture) {
    const asked = picture ? [...picture.findings, picture.asks] : [];
    return [...new Set(asked.map((one) => one?.field).filter(Boolean))].sort();
}
