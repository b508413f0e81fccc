//! The language server for specifications. `mlp_dsl::editor` provides the answers; this crate
//! implements the protocol.

#![warn(clippy::wildcard_enum_match_arm)]

mod answers;
mod document;
pub mod editor;
mod server;

use std::fmt;

use gen_lsp_types::{
    CompletionOptions, InitializeParams, PositionEncodingKind, RenameOptions, ServerCapabilities, ServerInfo,
    TextDocumentSyncKind, WorkDoneProgressOptions,
};
use lsp_server::Connection;
use mlp_dsl::weights::Files;

use document::Encoding;
use server::Server;

/// The reason why the server stopped before a shutdown request: a broken pipe or an invalid message.
#[derive(Debug)]
pub struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

fn broken(reason: impl fmt::Display) -> Broken {
    Broken(reason.to_string())
}

/// Gives access to the files around an open file, by its URI.
pub type Around = fn(&str) -> Box<dyn Files>;

/// Serves over standard input and output until the client shuts the server down.
pub fn run(around: Around) -> Result<(), Broken> {
    let (connection, threads) = Connection::stdio();
    let served = serve(&connection, around);
    drop(connection); // the writing thread ends when all senders are dropped
    served?;
    threads.join().map_err(broken)
}

/// Serves over a connection until the client shuts the server down.
pub fn serve(connection: &Connection, around: Around) -> Result<(), Broken> {
    let (id, params) = connection.initialize_start().map_err(broken)?;
    let params: InitializeParams = serde_json::from_value(params).map_err(broken)?;
    let encoding = encoding(&params);
    let answer = serde_json::json!({
        "capabilities": capabilities(encoding),
        "serverInfo": ServerInfo {
            name: "mlpc lsp".to_owned(),
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        },
    });
    connection.initialize_finish(id, answer).map_err(broken)?;
    Server::new(encoding, connection, around).serve()
}

/// UTF-8 if the client supports it, otherwise UTF-16, which every client supports.
fn encoding(params: &InitializeParams) -> Encoding {
    let general = params.capabilities.general.as_ref();
    let known = general.and_then(|general| general.position_encodings.as_ref());
    match known.is_some_and(|known| known.contains(&PositionEncodingKind::UTF8)) {
        true => Encoding::Utf8,
        false => Encoding::Utf16,
    }
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    let rename = RenameOptions {
        prepare_provider: Some(true),
        work_done_progress_options: WorkDoneProgressOptions::default(),
    };
    let completion = CompletionOptions {
        trigger_characters: Some(vec!["~".to_owned(), ":".to_owned()]),
        ..CompletionOptions::default()
    };
    ServerCapabilities {
        position_encoding: Some(match encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSyncKind::Incremental.into()),
        completion_provider: Some(completion),
        hover_provider: Some(true.into()),
        definition_provider: Some(true.into()),
        references_provider: Some(true.into()),
        document_highlight_provider: Some(true.into()),
        document_symbol_provider: Some(true.into()),
        document_formatting_provider: Some(true.into()),
        rename_provider: Some(rename.into()),
        ..ServerCapabilities::default()
    }
}
