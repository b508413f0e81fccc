// Starts `mlpc lsp` for .mlp files.
"use strict";

const { execFile } = require("node:child_process");
const { commands, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const SETTING = "mlp.server.path";

let client;
// Starts and stops wait for one another: a setting may change while the server starts.
let turn = Promise.resolve();

function activate(context) {
    const restart = () => (turn = turn.then(stop).then(start));
    context.subscriptions.push(
        workspace.onDidChangeConfiguration((change) => change.affectsConfiguration(SETTING) && restart()),
    );
    return restart();
}

function deactivate() {
    return (turn = turn.then(stop));
}

async function start() {
    const command = workspace.getConfiguration().get(SETTING) || "mlpc";
    const problem = await whyNot(command);
    if (problem) {
        // Not awaited: colours are there all the same.
        say(problem);
        return;
    }
    client = new LanguageClient(
        "mlp",
        "mlp",
        { command, args: ["lsp"] },
        { documentSelector: [{ language: "mlp" }] },
    );
    // The client shows its own failures.
    await client.start().catch(() => (client = undefined));
}

async function stop() {
    const running = client;
    client = undefined;
    await running?.stop().catch(() => {});
}

/** What to tell where the program can't be run; the client would only say that there is no connection. */
function whyNot(command) {
    return new Promise((resolve) => {
        execFile(command, ["--version"], { timeout: 10_000 }, (error) => {
            if (!error) {
                resolve(undefined);
            } else if (error.code === "ENOENT") {
                resolve(
                    `\`${command}\` was not found, so there are colours only. Install it with \`cargo install --path mlpc\` ` +
                        `in the repository of mlp, or say in the setting \`${SETTING}\` where it is.`,
                );
            } else {
                resolve(
                    `\`${command} --version\` failed, so there are colours only: ${error.message.trim()}. ` +
                        `Does the setting \`${SETTING}\` name the program mlpc?`,
                );
            }
        });
    });
}

async function say(problem) {
    const open = "Open the setting";
    if ((await window.showErrorMessage(problem, open)) === open) {
        await commands.executeCommand("workbench.action.openSettings", SETTING);
    }
}

module.exports = { activate, deactivate };
