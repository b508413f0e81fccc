//! What rust-analyzer needs to know of names inside the macro: where each is declared and used. rustc
//! drops it before it is read (`cfg(rust_analyzer)`); the code itself uses names of its own.

use mlp_dsl::{
    ir::equation::{EquationId, Symbol as Named},
    names::{Kind, Symbol},
    shape::Shape,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, names::identifier};

impl Context<'_> {
    pub(super) fn spelled(&self) -> TokenStream {
        let Some(names) = self.spelled else { return TokenStream::new() };
        let traced: Vec<EquationId> = self.plan.layout.trace.iter().map(|field| field.value).collect();
        let symbols = names.symbols.iter().map(|symbol| self.symbol(symbol, names, &traced));
        quote! {
            #[cfg(rust_analyzer)]
            const _: () = { #(#symbols)* };
        }
    }

    /// A name and its uses: of a field of the generated types where there is one, otherwise of a
    /// field that is there for the editor alone.
    fn symbol(&self, symbol: &Symbol, names: &mlp_dsl::names::Names, traced: &[EquationId]) -> TokenStream {
        let at = |span| identifier(&symbol.name, (self.spans)(span));
        let uses: Vec<_> = symbol.uses.iter().map(|span| at(*span)).collect();
        if symbol.kind == Kind::Network {
            return TokenStream::new();
        }
        let named = |id: &EquationId| matches!(&self.derivation.equation(*id).symbol, Named::Named(name) if *name == symbol.name);
        let is_value = !matches!(
            symbol.kind,
            Kind::Function | Kind::Argument | Kind::Local | Kind::Rule | Kind::Setting | Kind::State
        );
        let owner = match symbol.kind {
            Kind::Parameter(_) => Some(&self.types.network),
            _ if is_value && traced.iter().any(named) => Some(&self.types.trace),
            _ => None,
        };
        if let Some(owner) = owner {
            return quote! { { fn uses(__value: &#owner) { #(_ = &__value.#uses;)* } } };
        }
        let declared = at(symbol.declared);
        let kind = self.array(self.shape_of(&symbol.name).filter(|_| is_value).unwrap_or(Shape::Scalar));
        let inside = symbol.inside.and_then(|inside| names.symbols.get(inside));
        let what = match inside {
            Some(inside) => format!(" `{}`, {} `{}`.", symbol.name, of(symbol.kind), inside.name),
            None => format!(" `{}`, {}.", symbol.name, of(symbol.kind)),
        };
        let docs = &symbol.docs;
        quote! {
            {
                struct Declared { #[doc = #what] #(#[doc = #docs])* #declared: #kind }
                fn uses(__value: &Declared) { #(_ = &__value.#uses;)* }
            }
        }
    }

    fn shape_of(&self, name: &str) -> Option<Shape> {
        let derivation = self.derivation;
        let data = derivation.inputs.iter().chain(&derivation.target).find(|data| data.name == name);
        let layer = || derivation.layers.iter().find(|layer| layer.name == name);
        data.map(|data| data.shape).or_else(|| layer().map(|layer| layer.shape))
    }
}

fn of(kind: Kind) -> &'static str {
    match kind {
        Kind::Network => "a network",
        Kind::Input => "an input of",
        Kind::Target => "the target of",
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
