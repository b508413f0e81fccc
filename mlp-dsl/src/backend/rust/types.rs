//! The generated types: parameters, gradients, optimizer, workspace, trace.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, names::identifier};
use crate::{
    ir::{Parameter, equation::EquationId, equation::Shape},
    model::Start,
    plan,
    syntax::ast::ParameterKind,
};

impl Context<'_> {
    pub(super) fn type_items(&self) -> TokenStream {
        let network = self.network_type();
        let workspace = self.workspace_type();
        let trace = self.trace_type();
        let gradients = self.derivation.loss.as_ref().map(|_| self.gradients_type());
        let optimizer = self.derivation.training.as_ref().map(|_| self.optimizer_type());
        quote!(#network #gradients #optimizer #workspace #trace)
    }

    fn network_type(&self) -> TokenStream {
        let (name, docs) = (&self.types.network, self.network_docs());
        let fields = self.derivation.parameters.iter().map(|parameter| {
            let (field, ty) = (self.field(parameter.equation), self.array(self.shape(parameter)));
            let docs = self.parameter_docs(parameter);
            quote!(#(#[doc = #docs])* pub #field: #ty)
        });
        quote! {
            #(#[doc = #docs])*
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            pub struct #name { #(#fields),* }
        }
    }

    fn network_docs(&self) -> Vec<String> {
        let d = self.derivation;
        let mut docs = d.docs.clone();
        if !docs.is_empty() {
            docs.push(String::new());
        }
        let layers: Vec<String> = d.layers.iter().map(|layer| layer.shape.count().to_string()).collect();
        let sizes = format!("{}-{}", self.input_count(), layers.join("-"));
        let weights = d.count(ParameterKind::Weight);
        let biases = d.count(ParameterKind::Bias);
        docs.push(format!(
            " A {sizes} network: {} parameters ({weights} weights + {biases} biases), {} bytes; {} multiply-adds forward.",
            weights + biases,
            self.parameter_bytes(),
            d.multiply_adds()
        ));
        if !self.by_value() {
            docs.push(String::new());
            docs.push(
                " Too large to be returned by value: begin with `ZERO` in a `static` or a box, then `initialize`, and \
                 use the methods that write in place."
                    .to_owned(),
            );
        }
        if d.loss.is_some() {
            docs.push(String::new());
            docs.push(
                " The loss belongs to one sample; over a batch the objective is its mean. Sums run in the order of \
                 the specification, products and sums are rounded separately."
                    .to_owned(),
            );
        }
        docs
    }

    fn parameter_docs(&self, parameter: &Parameter) -> Vec<String> {
        let mut docs = parameter.docs.clone();
        let kind = match parameter.kind {
            ParameterKind::Weight => "Weight",
            ParameterKind::Bias => "Bias",
        };
        let start = match &parameter.start {
            Start::Fill(value) => format!("starts at {value}"),
            Start::Values(_) => "starts at declared values".to_owned(),
            Start::Uniform { rule, low, high, .. } => format!("starts drawn from {low} to {high} ({rule})"),
        };
        docs.push(format!(" {kind} `{}`, {}; {start}.", parameter.name, size_in_docs(self.shape(parameter))));
        docs
    }

    pub(super) fn shape(&self, parameter: &Parameter) -> Shape {
        self.derivation.shape(parameter.equation)
    }

    fn gradients_type(&self) -> TokenStream {
        let (name, network) = (&self.types.gradients, self.derivation.name.as_str());
        let doc = format!(" The gradients of the loss of `{network}`, one for each parameter.");
        let fields: Vec<_> = self.derivation.parameters.iter().map(|p| self.field(p.equation)).collect();
        let types = self.derivation.parameters.iter().map(|p| self.array(self.shape(p)));
        let zeros = self.derivation.parameters.iter().map(|p| self.zero(self.shape(p)));
        let docs = self
            .derivation
            .parameters
            .iter()
            .map(|p| format!(" ∂E/∂`{}`, {}.", p.name, size_in_docs(self.shape(p))));
        let clear = self.derivation.parameters.iter().map(|p| {
            let field = self.field(p.equation);
            fill(&quote!(self.#field), self.shape(p), &quote!(0.0))
        });
        let runtime = &self.runtime;
        let divide = self.derivation.parameters.iter().map(|p| {
            let field = self.field(p.equation);
            match self.shape(p) {
                Shape::Scalar => quote!(#runtime::divide_scalar(&mut self.#field, by);),
                Shape::Vector(_) => quote!(#runtime::divide_vector(&mut self.#field, by);),
                Shape::Matrix(..) => quote!(#runtime::divide_matrix(&mut self.#field, by);),
            }
        });
        let real = self.real();
        quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            pub struct #name { #(#[doc = #docs] pub #fields: #types),* }
            impl #name {
                /// All gradients 0.
                pub const ZERO: Self = Self { #(#fields: #zeros),* };
                /// All gradients 0.
                pub const fn new() -> Self { Self::ZERO }
            }
            impl ::core::default::Default for #name {
                fn default() -> Self { Self::ZERO }
            }
            impl #runtime::Gradients<#real> for #name {
                fn clear(&mut self) { #(#clear)* }
                fn divide(&mut self, by: #real) { #(#divide)* }
            }
        }
    }

    fn optimizer_type(&self) -> TokenStream {
        let (name, real) = (&self.types.optimizer, self.real());
        let training = self.derivation.training.as_ref();
        let rule = training.map_or("", |t| t.rule.as_str());
        let doc =
            format!(" The state of the training rule `{rule}` of `{}`: its settings.", self.derivation.name);
        let settings: Vec<EquationId> = training.map(|t| t.settings.clone()).unwrap_or_default();
        let fields: Vec<_> = settings.iter().map(|id| self.field(*id)).collect();
        let values: Vec<TokenStream> = settings.iter().map(|id| self.setting(*id)).collect();
        let docs = settings.iter().map(|id| {
            let value = match self.derivation.equation(*id).op {
                crate::ir::array::Op::Setting(value) => value,
                _ => 0.0,
            };
            format!(" The setting `{}`, {value} in the specification.", self.derivation.name_of(*id))
        });
        quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            pub struct #name { #(#[doc = #docs] pub #fields: #real),* }
            impl #name {
                /// The settings of the specification.
                pub const fn new() -> Self { Self { #(#fields: #values),* } }
            }
            impl ::core::default::Default for #name {
                fn default() -> Self { Self::new() }
            }
        }
    }

    fn setting(&self, id: EquationId) -> TokenStream {
        match self.derivation.equation(id).op {
            crate::ir::array::Op::Setting(value) => super::formula::literal(value, self.derivation.precision),
            _ => quote!(0.0),
        }
    }

    fn workspace_type(&self) -> TokenStream {
        let name = &self.types.workspace;
        let doc = format!(
            " Room for the values between input and output of `{}`: {} bytes. What it holds before a call does not matter.",
            self.derivation.name,
            self.workspace_bytes()
        );
        let fields: Vec<_> = self.plan.workspace.iter().map(|id| self.names.of(*id)).collect();
        let types = self.plan.workspace.iter().map(|id| self.array(self.derivation.shape(*id)));
        let zeros = self.plan.workspace.iter().map(|id| self.zero(self.derivation.shape(*id)));
        quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, ::core::fmt::Debug)]
            pub struct #name { #(#fields: #types),* }
            impl #name {
                /// A workspace ready for use.
                pub const ZERO: Self = Self { #(#fields: #zeros),* };
                /// A workspace ready for use.
                pub const fn new() -> Self { Self::ZERO }
            }
            impl ::core::default::Default for #name {
                fn default() -> Self { Self::ZERO }
            }
        }
    }

    fn trace_type(&self) -> TokenStream {
        let name = &self.types.trace;
        let doc = format!(" Every named value of the forward pass of `{}`.", self.derivation.name);
        let traced = plan::traced(self.derivation);
        let fields: Vec<_> = traced.iter().map(|id| self.trace_field(*id)).collect();
        let types = traced.iter().map(|id| self.array(self.derivation.shape(*id)));
        let zeros = traced.iter().map(|id| self.zero(self.derivation.shape(*id)));
        let docs = traced.iter().map(|id| {
            format!(" `{}`, {}.", self.derivation.name_of(*id), size_in_docs(self.derivation.shape(*id)))
        });
        quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            pub struct #name { #(#[doc = #docs] pub #fields: #types),* }
            impl #name {
                /// All values 0.
                pub const ZERO: Self = Self { #(#fields: #zeros),* };
            }
        }
    }

    pub(super) fn trace_field(&self, id: EquationId) -> proc_macro2::Ident {
        identifier(&self.derivation.name_of(id), (self.spans)(self.derivation.equation(id).span))
    }

    /// The statements that set every parameter to its start value.
    pub(super) fn initialize(&self) -> TokenStream {
        let (runtime, precision) = (&self.runtime, self.derivation.precision);
        let statements = self.derivation.parameters.iter().map(|parameter| {
            let field = self.field(parameter.equation);
            let place = quote!(self.#field);
            let shape = self.shape(parameter);
            match &parameter.start {
                Start::Fill(value) => fill(&place, shape, &super::formula::literal(*value, precision)),
                Start::Values(values) => {
                    let values: Vec<TokenStream> =
                        values.iter().map(|value| super::formula::literal(*value, precision)).collect();
                    match shape {
                        Shape::Matrix(_, columns) => {
                            let rows = values.chunks(columns.max(1)).map(|row| quote!([#(#row),*]));
                            quote!(#place = [#(#rows),*];)
                        }
                        _ => quote!(#place = [#(#values),*];),
                    }
                }
                Start::Uniform { low, high, salt, .. } => {
                    let name = &parameter.name;
                    let bound = |x: f64| super::formula::literal(x, crate::model::Precision::F64);
                    let (low, high) = (bound(*low), bound(*high));
                    let stream = quote!(#runtime::Stream::new(seed, #salt, #name));
                    match shape {
                        Shape::Scalar => quote!(#place = #stream.uniform_scalar(#low, #high);),
                        Shape::Vector(_) => quote!(#stream.uniform_vector(#low, #high, &mut #place);),
                        Shape::Matrix(..) => quote!(#stream.uniform_matrix(#low, #high, &mut #place);),
                    }
                }
            }
        });
        quote!(#(#statements)*)
    }
}

/// Sets every element in place, so that a large array never stands on the stack.
fn fill(place: &TokenStream, shape: Shape, value: &TokenStream) -> TokenStream {
    match shape {
        Shape::Scalar => quote!(#place = #value;),
        Shape::Vector(_) => quote!(#place.fill(#value);),
        Shape::Matrix(..) => quote!(#place.as_flattened_mut().fill(#value);),
    }
}

/// A shape in documentation, where bare brackets would be a link.
fn size_in_docs(shape: Shape) -> String {
    match shape {
        Shape::Scalar => shape.to_string(),
        Shape::Vector(_) | Shape::Matrix(..) => format!("`{shape}`"),
    }
}
