/**
 * What Salesforce answers to a read or a write that it refuses, in words.
 *
 * Where an answer says it differs: a write's refusal has body.output.errors and body.output.fieldErrors, a read's has
 * body or a list of bodies, a script's error has only a message (Lightning Web Components Developer Guide, "Handle
 * Errors in Lightning Data Service").
 */

const SENTENCES = {
    CANNOT_UPDATE_CONVERTED_LEAD: 'This lead was converted. Say it on the contact that it became.',
    ENTITY_IS_DELETED: 'This record was deleted.',
    INSUFFICIENT_ACCESS: 'You may see this record but not change it. Ask its owner or your administrator.',
    INSUFFICIENT_ACCESS_OR_READONLY: 'You may see this record but not change it. Ask its owner or your administrator.',
    INVALID_FIELD_FOR_INSERT_UPDATE: 'You may see this field but not change it. Ask your administrator.',
    NOT_FOUND: 'This record is not there any more, or you may not see it.',
    UNABLE_TO_LOCK_ROW: 'Somebody else is saving this record. Try again in a moment.'
};
const OFFLINE = 'Salesforce cannot be reached. Try again when you are connected.';
const UNKNOWN = 'Salesforce gave no reason. Try again; if it stays so, tell your administrator.';

/** The sentences of a refusal as one text, each once. */
export function inWords(error) {
    if (isOffline(error)) {
        return OFFLINE;
    }
    const sentences = refusals(error).map(sentence).filter(Boolean);
    return [...new Set(sentences)].join(' ') || UNKNOWN;
}

function isOffline(error) {
    return error?.status === 0 || (!error?.body && globalThis.navigator?.onLine === false);
}

function refusals(error) {
    const body = error?.body;
    const output = body?.output;
    const particular = [
        ...list(output?.errors),
        ...Object.values(output?.fieldErrors ?? {}).flatMap(list)
    ];
    if (particular.length) {
        return particular;
    }
    return Array.isArray(body) ? body : [body ?? error];
}

function sentence(refusal) {
    if (typeof refusal === 'string') {
        return refusal;
    }
    return SENTENCES[refusal?.errorCode] ?? refusal?.message ?? '';
}

function list(value) {
    return Array.isArray(value) ? value : [];
}
