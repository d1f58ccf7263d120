/*
 * lightning/uiRecordApi over HTTP: what Lightning Data Service does with the User Interface API, as its own user.
 *
 * A wire is given nothing before its configuration is whole, data that cannot be changed, and newly what an update has
 * changed. A refusal is a FetchResponse: {ok, status, statusText, body}. Source: Lightning Web Components Developer
 * Guide, "lightning/ui*Api Wire Adapters and Functions", "getRecord", "updateRecord", "Handle Errors in Lightning Data
 * Service".
 */
const asked = new URLSearchParams(window.location.search);
const RECORDS = `${asked.get('api')}/services/data/v63.0/ui-api/records`;
const wires = new Set();

async function call(method, address, body) {
    const response = await fetch(`${RECORDS}/${address}`, {
        method,
        headers: { Authorization: `Bearer ${asked.get('token')}`, 'Content-Type': 'application/json' },
        body: body && JSON.stringify(body)
    });
    const { ok, status, statusText } = response;
    const answer = await response.json();
    if (!ok) {
        throw frozen({ ok, status, statusText, headers: {}, body: answer });
    }
    return frozen(answer);
}

function frozen(value) {
    if (typeof value === 'object' && value !== null) {
        Object.values(value).forEach(frozen);
        Object.freeze(value);
    }
    return value;
}

export class getRecord {
    constructor(emit) {
        this.emit = emit;
        emit({ data: undefined, error: undefined });
    }

    connect() {
        wires.add(this);
    }

    disconnect() {
        wires.delete(this);
    }

    update(config) {
        this.config = config;
        this.read();
    }

    async read() {
        const { config } = this;
        const { recordId, fields, optionalFields } = config ?? {};
        if (!recordId || !(fields || optionalFields)) {
            return;
        }
        const names = Object.entries({ fields, optionalFields }).filter(([, value]) => value);
        const query = new URLSearchParams(names.map(([name, value]) => [name, [value].flat().join(',')]));
        let answer;
        try {
            answer = { data: await call('GET', `${recordId}?${query}`), error: undefined };
        } catch (error) {
            answer = { data: undefined, error };
        }
        if (this.config === config) {
            this.emit(answer);
        }
    }
}

export async function updateRecord({ fields: { Id, ...fields }, ...input }) {
    const record = await call('PATCH', Id, { fields, ...input });
    await Promise.all([...wires].filter((wire) => wire.config?.recordId === Id).map((wire) => wire.read()));
    return record;
}
