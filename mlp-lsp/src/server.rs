//! The main loop: reads messages, sends answers and diagnostics.

use std::collections::BTreeMap;

use gen_lsp_types::{
    CompletionRequest, DefinitionRequest, DidChangeTextDocumentNotification, DidChangeTextDocumentParams,
    DidCloseTextDocumentNotification, DidCloseTextDocumentParams, DidOpenTextDocumentNotification,
    DidOpenTextDocumentParams, DocumentFormattingRequest, DocumentHighlightRequest, DocumentSymbolRequest,
    HoverRequest, Notification as _, PrepareRenameRequest, PublishDiagnosticsNotification,
    PublishDiagnosticsParams, ReferencesRequest, RenameRequest, Request as _, Uri,
};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;

use super::{
    Around, Broken,
    answers::{self, Refused},
    broken,
    document::{Document, Encoding},
};

/// The state of the server: the open files.
pub(crate) struct Server<'c> {
    encoding: Encoding,
    connection: &'c Connection,
    around: Around,
    documents: BTreeMap<String, Document>,
}

impl<'c> Server<'c> {
    pub(crate) fn new(encoding: Encoding, connection: &'c Connection, around: Around) -> Self {
        Server { encoding, connection, around, documents: BTreeMap::new() }
    }

    /// Answers until the client shuts the server down.
    pub(crate) fn serve(mut self) -> Result<(), Broken> {
        loop {
            // Waiting messages may change the text again, so the analysis waits for them.
            if self.connection.receiver.is_empty() {
                self.update()?;
            }
            let Ok(message) = self.connection.receiver.recv() else { return Ok(()) };
            match message {
                Message::Request(request) => {
                    if self.connection.handle_shutdown(&request).map_err(broken)? {
                        return Ok(());
                    }
                    self.update()?;
                    let response = self.answer(request);
                    self.send(response.into())?;
                }
                Message::Notification(notification) if notification.method == "exit" => return Ok(()),
                Message::Notification(notification) => self.notice(notification)?,
                Message::Response(_) => {}
            }
        }
    }

    fn send(&self, message: Message) -> Result<(), Broken> {
        self.connection.sender.send(message).map_err(broken)
    }

    /// Analyses changed files and publishes their diagnostics.
    fn update(&mut self) -> Result<(), Broken> {
        for (uri, document) in std::mem::take(&mut self.documents) {
            let (document, changed) = document.update();
            if changed {
                self.publish(&uri, Some(&document))?;
            }
            self.documents.insert(uri, document);
        }
        Ok(())
    }

    /// Publishes the diagnostics of a file; a closed file has none.
    fn publish(&self, uri: &str, document: Option<&Document>) -> Result<(), Broken> {
        let uri = Uri::from(uri.to_owned());
        let diagnostics = document.map(|document| answers::diagnostics(document, &uri)).unwrap_or_default();
        let version = document.map(|document| document.version);
        let params = PublishDiagnosticsParams { uri, version, diagnostics };
        let method = PublishDiagnosticsNotification::METHOD.to_string();
        self.send(Notification::new(method, params).into())
    }

    fn notice(&mut self, notification: Notification) -> Result<(), Broken> {
        let method = notification.method.as_str();
        if method == DidOpenTextDocumentNotification::METHOD.as_str() {
            let Some(params) = read::<DidOpenTextDocumentParams>(notification.params) else { return Ok(()) };
            let opened = params.text_document;
            let files = (self.around)(&opened.uri.0);
            let document = Document::new(opened.text, opened.version, self.encoding, files);
            self.publish(&opened.uri.0, Some(&document))?;
            self.documents.insert(opened.uri.0, document);
        } else if method == DidChangeTextDocumentNotification::METHOD.as_str() {
            let Some(params) = read::<DidChangeTextDocumentParams>(notification.params) else {
                return Ok(());
            };
            let changed = params.text_document;
            let uri = &changed.text_document_identifier.uri;
            if let Some(document) = self.documents.get_mut(&uri.0) {
                document.change(changed.version, params.content_changes);
            }
        } else if method == DidCloseTextDocumentNotification::METHOD.as_str() {
            let Some(params) = read::<DidCloseTextDocumentParams>(notification.params) else { return Ok(()) };
            self.documents.remove(&params.text_document.uri.0);
            self.publish(&params.text_document.uri.0, None)?;
        }
        Ok(())
    }

    fn answer(&self, request: Request) -> Response {
        let method = request.method.as_str();
        macro_rules! dispatch {
            ($($request:ty => $answer:expr,)*) => {
                $(if method == <$request>::METHOD.as_str() {
                    return self.reply::<$request>(request.id, request.params, $answer);
                })*
            };
        }
        dispatch! {
            HoverRequest => answers::hover,
            CompletionRequest => answers::completion,
            DefinitionRequest => answers::definition,
            ReferencesRequest => answers::references,
            DocumentHighlightRequest => answers::highlights,
            DocumentSymbolRequest => answers::symbols,
            DocumentFormattingRequest => answers::formatting,
            PrepareRenameRequest => answers::prepare_rename,
            RenameRequest => answers::rename,
        }
        let message = format!("`{}` is not supported", method);
        Response::new_err(request.id, ErrorCode::MethodNotFound as i32, message)
    }

    fn reply<R: gen_lsp_types::Request>(
        &self,
        id: RequestId,
        params: serde_json::Value,
        answer: impl Fn(&Document, &Uri, R::Params) -> Result<R::Result, Refused>,
    ) -> Response
    where
        R::Params: DeserializeOwned,
        R::Result: serde::Serialize,
    {
        let uri = params.pointer("/textDocument/uri").and_then(|uri| uri.as_str()).map(str::to_owned);
        let document = uri.as_ref().and_then(|uri| self.documents.get(uri));
        let (Some(uri), Some(document)) = (uri, document) else {
            return Response::new_err(id, ErrorCode::InvalidParams as i32, "the file is not open".to_owned());
        };
        match serde_json::from_value(params) {
            Ok(params) => match answer(document, &uri.into(), params) {
                Ok(result) => Response::new_ok(id, result),
                Err(Refused(message)) => Response::new_err(id, ErrorCode::RequestFailed as i32, message),
            },
            Err(error) => Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string()),
        }
    }
}

/// The parameters of a notification; a notification has no answer, so wrong ones are ignored.
fn read<P: DeserializeOwned>(params: serde_json::Value) -> Option<P> {
    serde_json::from_value(params).ok()
}
