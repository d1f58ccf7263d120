import { LightningElement, api } from 'lwc';
import { capitalized } from 'c/syncdFields';
import { iconOfRuling } from 'c/syncdStates';

/** Whether a sentence says a value already. */
function includes(sentence, value) {
    return sentence.toLowerCase().includes(value.toLowerCase());
}

/** The gates: ruling, reason, value and source of each. narrow: as a list. */
export default class SyncdGates extends LightningElement {
    @api gates = [];
    @api narrow = false;

    get rows() {
        return this.gates.map((gate) => ({
            ...gate,
            ...iconOfRuling(gate.ruling),
            name: capitalized(gate.name),
            reason: capitalized(gate.reason),
            value: includes(gate.reason, gate.value) ? '' : gate.value,
            ruling: capitalized(gate.ruling)
        }));
    }
}
