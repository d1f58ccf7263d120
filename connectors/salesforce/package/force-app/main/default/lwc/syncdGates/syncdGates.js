import { LightningElement, api } from 'lwc';
import { capitalized } from 'c/syncdFields';

const RULINGS = {
    yes: { icon: 'utility:success', variant: 'success' },
    no: { icon: 'utility:clear', variant: 'error' },
    unknown: { icon: 'utility:help', variant: 'warning' }
};

/** The gates: ruling, reason, value and source of each. narrow: as a list. */
export default class SyncdGates extends LightningElement {
    @api gates = [];
    @api narrow = false;

    get rows() {
        return this.gates.map((gate) => ({
            ...gate,
            ...(RULINGS[gate.ruling] ?? RULINGS.unknown),
            name: capitalized(gate.name),
            reason: capitalized(gate.reason),
            ruling: capitalized(gate.ruling)
        }));
    }
}
