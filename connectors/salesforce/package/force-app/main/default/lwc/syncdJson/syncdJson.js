/**
 * Reads the JSON texts that syncd writes: the picture of an opportunity, those of an account, and a person's gates.
 *
 * A newer syncd may write more than is known here: that is passed over. What is no picture and no gates at all is null.
 * Everything that is handed on is text, a whole number or a list, whatever stood in the field.
 */

/** The picture of one opportunity, or null where the text is none. */
export function readPicture(json) {
    const picture = objectIn(json);
    return picture && Array.isArray(picture.roles) ? pictureFrom(picture) : null;
}

/** An account's pictures, {account, opportunities, leftOut}, or null where the text is none. */
export function readAccount(json) {
    const account = objectIn(json);
    if (!account || !Array.isArray(account.opportunities)) {
        return null;
    }
    const opportunities = objects(account.opportunities).map((picture, index) => ({
        ...pictureFrom(picture),
        key: `${index}`
    }));
    return { account: text(account.account), opportunities, leftOut: count(account.left_out) };
}

/** A person's gates, or null where the text has none. */
export function readGates(json) {
    const person = objectIn(json);
    if (!person || !Array.isArray(person.gates)) {
        return null;
    }
    return {
        mql: text(person.mql),
        role: text(person.role),
        ask: text(person.ask),
        rung: text(person.rung),
        agreement: text(person.agreement),
        gates: objects(person.gates).map((gate, index) => ({
            key: `${index}`,
            name: text(gate.name),
            ruling: text(gate.ruling),
            reason: text(gate.reason),
            value: text(gate.value),
            source: text(gate.source)
        })),
        wouldPass: texts(person.would_pass),
        topics: texts(person.topics),
        guidance: texts(person.guidance),
        verdict: text(person.verdict),
        returned: text(person.returned),
        leftOut: count(person.left_out)
    };
}

function pictureFrom(picture) {
    return {
        name: text(picture.name),
        label: text(picture.label),
        overdue: text(picture.overdue),
        people: count(picture.people),
        roles: objects(picture.roles).map((role, index) => ({
            key: `${index}`,
            role: text(role.role),
            needed: count(role.needed),
            by: objects(role.by).map((person, at) => ({
                key: `${at}`,
                name: text(person.name),
                title: text(person.title)
            })),
            state: text(role.state),
            strength: text(role.strength)
        })),
        findings: [...objects(picture.unknown), ...objects(picture.known)].map((finding) => ({
            what: text(finding.what),
            state: text(finding.state),
            value: text(finding.value),
            source: text(finding.source),
            by: text(finding.by),
            at: text(finding.at),
            field: fieldName(finding.field),
            title: text(finding.title)
        })),
        next: objects(picture.next).map((action, index) => ({
            key: `${index}`,
            closes: text(action.closes),
            reach: text(action.reach),
            say: text(action.say),
            by: text(action.by)
        })),
        asks: questionFrom(picture.asks),
        leftOut: count(picture.left_out)
    };
}

/** Which offer it is for, where that can be said in a field: {field, title, choices}, else null. */
function questionFrom(asks) {
    const field = isObject(asks) ? fieldName(asks.field) : '';
    const choices = field ? objects(asks.choices) : [];
    const named = choices.map(({ value, label }) => ({ value: text(value), label: text(label) || text(value) }));
    return named.length ? { field, title: text(asks.title), choices: named.filter((choice) => choice.value) } : null;
}

function objectIn(json) {
    try {
        const value = JSON.parse(json);
        return isObject(value) ? value : null;
    } catch {
        return null;
    }
}

function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objects(value) {
    return Array.isArray(value) ? value.filter(isObject) : [];
}

function texts(value) {
    const said = Array.isArray(value) ? value.map(text).filter(Boolean) : [];
    return said.map((line, index) => ({ key: `${index}`, text: line }));
}

function text(value) {
    return ['string', 'number', 'boolean'].includes(typeof value) ? String(value).trim() : '';
}

function count(value) {
    return Number.isInteger(value) && value > 0 ? value : 0;
}

/** The API name of a field that an org made, or "" of any other: what is typed goes there, and a record's text says so. */
function fieldName(value) {
    return typeof value === 'string' && /^[A-Za-z]\w{0,76}__c$/i.test(value) ? value : '';
}
