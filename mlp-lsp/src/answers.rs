//! Turns the results of the analysis into answers of the protocol.

use std::collections::HashMap;

use gen_lsp_types as lsp;
use gen_lsp_types::{
    CompletionItem, CompletionItemKind, CompletionParams, CompletionResponse, DefinitionParams,
    DefinitionResponse, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DocumentFormattingParams, DocumentHighlight, DocumentHighlightParams, DocumentSymbol,
    DocumentSymbolParams, DocumentSymbolResponse, Hover, HoverParams, Location, MarkupContent, MarkupKind,
    PrepareRenameParams, PrepareRenameResult, ReferenceParams, RenameParams, SymbolKind, TextEdit, Uri,
    WorkspaceEdit,
};
use mlp_dsl::{
    diagnostic::Severity,
    names::{Kind, Symbol},
    span::Span,
};

use super::document::Document;

use crate::editor::{CompletionKind, Refusal};

/// The reason why a request is refused, as a message for the user.
pub(crate) struct Refused(pub(crate) String);

type Answer<T> = Result<T, Refused>;

/// The largest number of items in an answer; a hostile text can have half a million.
const ITEMS: usize = 10_000;

impl From<Refusal> for Refused {
    fn from(Refusal(message): Refusal) -> Self {
        Refused(message)
    }
}

pub(crate) fn diagnostics(document: &Document, uri: &Uri) -> Vec<Diagnostic> {
    let one = |mistake: &mlp_dsl::diagnostic::Diagnostic| {
        let mut message = mistake.title.clone();
        if let Some(label) = mistake.labels.first().filter(|label| !label.text.is_empty()) {
            message.push_str(&format!("\n{}", label.text));
        }
        if let Some(help) = &mistake.help {
            message.push_str(&format!("\nhelp: {help}"));
        }
        let others = mistake.labels.iter().skip(1).map(|label| DiagnosticRelatedInformation {
            location: Location { uri: uri.clone(), range: document.range(label.span) },
            message: label.text.clone(),
        });
        Diagnostic {
            range: document.range(mistake.span()),
            severity: Some(match mistake.severity {
                Severity::Error => DiagnosticSeverity::Error,
                Severity::Warning => DiagnosticSeverity::Warning,
            }),
            code: Some(mistake.code.to_owned().into()),
            source: Some("mlp".to_owned()),
            message: message.into(),
            related_information: Some(others.collect()),
            ..Diagnostic::default()
        }
    };
    document.analysis.mistakes().iter().map(one).collect()
}

pub(crate) fn hover(document: &Document, _: &Uri, params: HoverParams) -> Answer<Option<Hover>> {
    let offset = document.offset(params.text_document_position_params.position);
    Ok(document.analysis.hover(offset).map(|hover| Hover {
        contents: MarkupContent { kind: MarkupKind::Markdown, value: hover.markdown }.into(),
        range: Some(document.range(hover.span)),
    }))
}

pub(crate) fn completion(
    document: &Document,
    _: &Uri,
    params: CompletionParams,
) -> Answer<Option<CompletionResponse>> {
    let offset = document.offset(params.text_document_position_params.position);
    let items =
        document.analysis.completions(offset).into_iter().take(ITEMS).map(|completion| CompletionItem {
            label: completion.label,
            kind: Some(match completion.kind {
                CompletionKind::Word => CompletionItemKind::Keyword,
                CompletionKind::Function => CompletionItemKind::Function,
                CompletionKind::Value => CompletionItemKind::Variable,
                CompletionKind::Setting => CompletionItemKind::Property,
            }),
            documentation: Some(
                MarkupContent { kind: MarkupKind::Markdown, value: completion.detail }.into(),
            ),
            ..CompletionItem::default()
        });
    Ok(Some(items.collect::<Vec<_>>().into()))
}

pub(crate) fn definition(
    document: &Document,
    uri: &Uri,
    params: DefinitionParams,
) -> Answer<Option<DefinitionResponse>> {
    let offset = document.offset(params.text_document_position_params.position);
    let found = document.analysis.declaration(offset).map(|span| location(document, uri, span));
    Ok(found.map(|location| lsp::Definition::from(location).into()))
}

pub(crate) fn references(
    document: &Document,
    uri: &Uri,
    params: ReferenceParams,
) -> Answer<Option<Vec<Location>>> {
    let offset = document.offset(params.text_document_position_params.position);
    let declared = document.analysis.declaration(offset);
    let mut found = document.analysis.references(offset);
    found.retain(|span| params.context.include_declaration || Some(*span) != declared);
    found.truncate(ITEMS);
    Ok(Some(found.into_iter().map(|span| location(document, uri, span)).collect()))
}

pub(crate) fn highlights(
    document: &Document,
    _: &Uri,
    params: DocumentHighlightParams,
) -> Answer<Option<Vec<DocumentHighlight>>> {
    let offset = document.offset(params.text_document_position_params.position);
    let found = document.analysis.references(offset);
    let highlight = |span| DocumentHighlight { range: document.range(span), kind: None };
    Ok(Some(found.into_iter().take(ITEMS).map(highlight).collect()))
}

pub(crate) fn symbols(
    document: &Document,
    _: &Uri,
    _: DocumentSymbolParams,
) -> Answer<Option<DocumentSymbolResponse>> {
    // A part follows its owner, so in reverse order each symbol is complete before its owner needs it.
    let symbols = &document.analysis.names().symbols;
    let mut children: Vec<Vec<DocumentSymbol>> = symbols.iter().map(|_| Vec::new()).collect();
    let mut top = Vec::new();
    for (index, symbol) in symbols.iter().enumerate().take(ITEMS).rev() {
        if symbol.kind == Kind::Local {
            continue;
        }
        let mut own = children.get_mut(index).map(std::mem::take).unwrap_or_default();
        own.reverse();
        let shown = outline(document, symbol, own);
        match symbol.inside.and_then(|inside| children.get_mut(inside)) {
            Some(siblings) => siblings.push(shown),
            None => top.push(shown),
        }
    }
    top.sort_by_key(|symbol| (symbol.range.start.line, symbol.range.start.character));
    Ok(Some(top.into()))
}

fn outline(document: &Document, symbol: &Symbol, children: Vec<DocumentSymbol>) -> DocumentSymbol {
    let kind = match symbol.kind {
        Kind::Network => SymbolKind::Class,
        Kind::Layer => SymbolKind::Namespace,
        Kind::Input | Kind::Target | Kind::Importance => SymbolKind::Interface,
        Kind::Parameter(_) => SymbolKind::Field,
        Kind::Constant => SymbolKind::Constant,
        Kind::Function | Kind::Rule => SymbolKind::Function,
        Kind::State => SymbolKind::Property,
        Kind::Element | Kind::Neuron | Kind::Argument | Kind::Setting | Kind::Local => SymbolKind::Variable,
    };
    #[allow(deprecated, reason = "the field is required")]
    DocumentSymbol {
        name: symbol.name.clone(),
        detail: document.analysis.fact(symbol).map(str::to_owned),
        kind,
        tags: None,
        deprecated: None,
        range: document.range(symbol.extent.to(symbol.declared)),
        selection_range: document.range(symbol.declared),
        children: (!children.is_empty()).then_some(children),
    }
}

pub(crate) fn formatting(
    document: &Document,
    _: &Uri,
    _: DocumentFormattingParams,
) -> Answer<Option<Vec<TextEdit>>> {
    let text = document.analysis.text();
    let Ok(formatted) = mlp_dsl::format::format(text) else {
        return Err(Refused("can't format a specification with syntax errors".to_owned()));
    };
    let edit = TextEdit { range: document.whole(), new_text: formatted };
    Ok(Some(if edit.new_text == text { Vec::new() } else { vec![edit] }))
}

pub(crate) fn prepare_rename(
    document: &Document,
    _: &Uri,
    params: PrepareRenameParams,
) -> Answer<Option<PrepareRenameResult>> {
    let offset = document.offset(params.text_document_position_params.position);
    Ok(Some(document.range(document.analysis.renamable(offset)?).into()))
}

pub(crate) fn rename(document: &Document, uri: &Uri, params: RenameParams) -> Answer<Option<WorkspaceEdit>> {
    let offset = document.offset(params.text_document_position_params.position);
    let places = document.analysis.rename(offset, &params.new_name)?;
    if places.len() > ITEMS {
        return Err(Refused(format!("the name occurs in more than {ITEMS} places")));
    }
    let edit = |span| TextEdit { range: document.range(span), new_text: params.new_name.clone() };
    let edits = places.into_iter().map(edit).collect();
    Ok(Some(WorkspaceEdit {
        changes: Some(HashMap::from([(uri.clone(), edits)])),
        ..WorkspaceEdit::default()
    }))
}

fn location(document: &Document, uri: &Uri, span: Span) -> Location {
    Location { uri: uri.clone(), range: document.range(span) }
}
