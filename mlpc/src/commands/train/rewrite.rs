//! `--standardize` of a specification that does not say it: the same text with `standardize` around its inputs.

use mlp_dsl::{
    diagnostic::Diagnostics,
    names::{Kind, Names, Symbol},
    span::Span,
    syntax::{self, ast::Statement},
};

use crate::failure::Failure;

/// The text with a layer for each input, which all other layers use in its place.
///
/// # Errors
/// Elements of an input that are used by themselves: `standardize` is of vectors.
pub(super) fn standardized(text: &str) -> Result<String, Failure> {
    let ast = syntax::parse(text, &mut Diagnostics::default());
    let names = Names::of(&ast);
    let statements = ast.networks.iter().flat_map(|network| &network.statements);
    let layers: Vec<Span> = statements
        .filter_map(|statement| match statement {
            Statement::Layer(layer) => Some(layer.span),
            _ => None,
        })
        .collect();
    let used = |symbol: &Symbol| -> Vec<Span> {
        let inside =
            |span: &&Span| layers.iter().any(|layer| layer.start <= span.start && span.end <= layer.end);
        symbol.uses.iter().filter(inside).copied().collect()
    };
    let inputs: Vec<(usize, &Symbol)> =
        names.symbols.iter().enumerate().filter(|(_, symbol)| symbol.kind == Kind::Input).collect();
    let mut changes: Vec<(Span, String)> = Vec::new();
    let mut added = Vec::new();
    for (index, input) in &inputs {
        let name = &input.name;
        if let Some((_, element)) = names.parts(*index).find(|(_, element)| !used(element).is_empty()) {
            let title =
                format!("`{}` is used by itself, and `standardize` takes the vector `{name}`", element.name);
            return Err(Failure::specification(
                title,
                &format!(
                    "write `layer standard = standardize({name});` yourself, and use `standard` in the other layers"
                ),
            ));
        }
        let own = free(
            &names,
            if inputs.len() == 1 { "standardized".to_owned() } else { format!("standardized_{name}") },
        );
        changes.extend(used(input).into_iter().map(|span| (span, own.clone())));
        added.push(format!("layer {own} = standardize({name});"));
    }
    let Some(first) = layers.first().map(|layer| layer.start) else { return Ok(text.to_owned()) };
    let line = text.get(..first).map_or(0, |before| before.rfind('\n').map_or(0, |end| end + 1));
    let indent: String =
        text.get(line..first).unwrap_or_default().chars().take_while(|c| c.is_whitespace()).collect();
    let added = added.iter().map(|layer| format!("{layer}\n{indent}")).collect();
    changes.push((Span::new(first, first), added));
    changes.sort_by_key(|(span, _)| span.start);
    let mut new = text.to_owned();
    for (span, with) in changes.into_iter().rev() {
        if new.get(span.start..span.end).is_some() {
            new.replace_range(span.start..span.end, &with);
        }
    }
    Ok(new)
}

/// A name that the specification does not have.
fn free(names: &Names, mut name: String) -> String {
    while names.symbols.iter().any(|symbol| symbol.name == name) {
        name.push('_');
    }
    name
}
