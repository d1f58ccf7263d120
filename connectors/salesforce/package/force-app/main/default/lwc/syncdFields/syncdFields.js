/** What a field of a record says. A field that field-level security hides is left out of the record altogether. */

/** What stands where syncd has written nothing. */
export const EMPTY = 'syncd has not written here yet.';

/** One field of a record: {isHidden, isEmpty, value}; value is null where it is hidden or empty. */
export function fieldOf(record, name) {
    const field = record?.fields?.[name];
    const value = field?.value ?? null;
    return { isHidden: field === undefined, isEmpty: field !== undefined && (value === null || value === ''), value };
}

/** What is said instead of a value: that the field is hidden, or that it is empty; "" where it has a value. */
export function insteadOf(field, label, empty = EMPTY) {
    if (field.isHidden) {
        return `Your administrator hides the field ${label} from you.`;
    }
    return field.isEmpty ? empty : '';
}

/** How many entries its field had no room for, as a sentence; "" where it had room for all. */
export function leftOutOf({ leftOut }) {
    return leftOut ? `${leftOut} more ${leftOut === 1 ? 'entry has' : 'entries have'} no room in the field.` : '';
}

/** The lines of a text, each with a key and a capital, without the empty ones. */
export function linesOf(text) {
    return String(text ?? '')
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter(Boolean)
        .map((line, index) => ({ key: `${index}`, text: capitalized(line) }));
}

/** A word as a sentence starts with it. */
export function capitalized(word) {
    return word ? word.charAt(0).toUpperCase() + word.slice(1) : '';
}

/** Whether a field holds what syncd tells: it reads an answer as one line, and shortens one that has no room. */
export function isSame(stored, told) {
    const [there, read] = [stored, told].map((text) => String(text ?? '').replace(/\s+/g, ' ').trim());
    return there === read || (read.endsWith('…') && there.startsWith(read.slice(0, -1)));
}
