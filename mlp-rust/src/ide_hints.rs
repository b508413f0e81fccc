//! Turns the names of a specification into hints for editors: inside `mlp!` each use of a name is emitted once more
//! for rust-analyzer (`cfg(rust_analyzer)`), as a use of the generated field or declaration that it means. rustc drops
//! them unread.

use mlp_dsl::{
    ir::equation::{EquationId, Symbol as Named},
    names::{Kind, Names, Symbol},
    shape::Shape,
};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::{
    Context,
    names::identifier,
    surface::{Kind as Part, Type, print::Printer},
};

/// The hints for all names.
pub(super) fn hints(context: &Context<'_>, printer: &Printer<'_>, names: &Names) -> TokenStream {
    let traced = context.plan.layout.trace.iter().map(|field| field.value).collect();
    let hints = Hints { context, printer, names, traced };
    let symbols = names.symbols.iter().map(|symbol| hints.symbol(symbol));
    quote! {
        #[cfg(rust_analyzer)]
        const _: () = { #(#symbols)* };
    }
}

struct Hints<'h> {
    context: &'h Context<'h>,
    printer: &'h Printer<'h>,
    names: &'h Names,
    traced: Vec<EquationId>,
}

impl Hints<'_> {
    /// A name and its uses. The type of the network is its own declaration.
    fn symbol(&self, symbol: &Symbol) -> Option<TokenStream> {
        let at = |span| identifier(&symbol.name, (self.context.spans)(span));
        let uses: Vec<Ident> = symbol.uses.iter().map(|span| at(*span)).collect();
        if symbol.kind == Kind::Network {
            return None;
        }
        let owner = if matches!(symbol.kind, Kind::Parameter(_)) {
            Some(Part::Network)
        } else {
            (is_value(symbol.kind) && self.is_traced(&symbol.name)).then_some(Part::Trace)
        };
        Some(match owner {
            Some(owner) => {
                let owner = self.printer.name(owner);
                quote! { { fn uses(__value: &#owner) { #(_ = &__value.#uses;)* } } }
            }
            None => self.declared(symbol, &at(symbol.declared), &uses),
        })
    }

    /// A field for the editor alone, of a name that no generated type has.
    fn declared(&self, symbol: &Symbol, declared: &Ident, uses: &[Ident]) -> TokenStream {
        let shape = self.shape_of(&symbol.name).filter(|_| is_value(symbol.kind)).unwrap_or(Shape::Scalar);
        let ty = self.printer.ty(&Type::of(shape));
        let inside = symbol.inside.and_then(|inside| self.names.symbols.get(inside));
        let what = match inside {
            Some(inside) => format!(" `{}`, {} `{}`.", symbol.name, of(symbol.kind), inside.name),
            None => format!(" `{}`, {}.", symbol.name, of(symbol.kind)),
        };
        let docs = &symbol.docs;
        quote! {
            {
                struct Declared { #[doc = #what] #(#[doc = #docs])* #declared: #ty }
                fn uses(__value: &Declared) { #(_ = &__value.#uses;)* }
            }
        }
    }

    /// Whether the trace has a field of this name.
    fn is_traced(&self, name: &str) -> bool {
        let d = self.context.derivation;
        self.traced.iter().any(|id| matches!(&d.equation(*id).symbol, Named::Named(traced) if traced == name))
    }

    fn shape_of(&self, name: &str) -> Option<Shape> {
        let d = self.context.derivation;
        let data = d.inputs.iter().chain(&d.targets).find(|data| data.name == name);
        let layer = || d.layers.iter().find(|layer| layer.name == name);
        data.map(|data| data.shape).or_else(|| layer().map(|layer| layer.shape))
    }
}

/// Whether a name is a value of the network, and not a function, a rule or a name inside one.
fn is_value(kind: Kind) -> bool {
    match kind {
        Kind::Network
        | Kind::Input
        | Kind::Target
        | Kind::Importance
        | Kind::Element
        | Kind::Parameter(_)
        | Kind::Layer
        | Kind::Neuron
        | Kind::Constant => true,
        Kind::Function | Kind::Argument | Kind::Local | Kind::Rule | Kind::Setting | Kind::State => false,
    }
}

fn of(kind: Kind) -> &'static str {
    match kind {
        Kind::Network => "a network",
        Kind::Input => "an input of",
        Kind::Target => "a target of",
        Kind::Importance => "an importance of",
        Kind::Element => "an element of",
        Kind::Parameter(_) => "a parameter of",
        Kind::Layer => "a layer of",
        Kind::Neuron => "a neuron of",
        Kind::Constant => "a constant",
        Kind::Function => "a function",
        Kind::Argument => "an argument of",
        Kind::Local => "named by `let`",
        Kind::Rule => "an update rule",
        Kind::Setting => "a setting of",
        Kind::State => "kept from step to step by",
    }
}
