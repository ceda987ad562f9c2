// Microsoft's own parser of the Kusto Query Language, with what it knows of names and types.
// stdin: {"tables": {NAME: "(COLUMN: TYPE, …)"}, "queries": {NAME: TEXT}}
// stdout: {NAME: {"diagnostics": [TEXT], "columns": {NAME: TYPE}}}
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const home = path.join(process.argv[2], "node_modules/@kusto/language-service-next");
// It is written for a page of a browser, and leaves what it defines in the global object.
globalThis.window = globalThis;
for (const file of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
    vm.runInThisContext(fs.readFileSync(path.join(home, file), "utf8"), { filename: file });
}
const { GlobalState, KustoCode, Symbols } = globalThis.Kusto.Language;

function list(of) {
    return Array.from({ length: of.Count }, (_, at) => of.getItem(at));
}

const { tables, queries } = JSON.parse(fs.readFileSync(0, "utf8"));
const symbols = Object.entries(tables).map(([name, columns]) => Symbols.TableSymbol.From(columns).WithName(name));
const database = new Symbols.DatabaseSymbol.$ctor1("workspace", symbols);
const globals = GlobalState.Default.WithDatabase(database);
const found = {};
for (const [name, text] of Object.entries(queries)) {
    const code = KustoCode.ParseAndAnalyze(text, globals);
    const columns = code.ResultType && code.ResultType.Columns ? list(code.ResultType.Columns) : [];
    found[name] = {
        diagnostics: list(code.GetDiagnostics()).map((one) => `${one.Severity} at ${one.Start}: ${one.Message}`),
        columns: Object.fromEntries(columns.map((one) => [one.Name, one.Type.Name])),
    };
}
process.stdout.write(JSON.stringify(found));
