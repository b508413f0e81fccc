//! The generated types: parameters, gradients, optimizer, workspace, trace.

use mlp_dsl::{
    ir::{Parameter, Training, array::Op, equation::EquationId},
    kind::ParameterKind,
    model::{Reduction, Start},
    plan::Field,
    shape::Shape,
};
use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, names::identifier, size};

/// A field of the optimizer.
pub(super) struct OptimizerField {
    pub(super) name: proc_macro2::Ident,
    ty: TokenStream,
    pub(super) value: TokenStream,
    /// Whether it may be another number than 0 before the first step.
    pub(super) is_setting: bool,
    doc: String,
}

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
        let aligned = self.aligned();
        quote! {
            #(#[doc = #docs])*
            #aligned
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            pub struct #name { #(#fields),* }
        }
    }

    fn network_docs(&self) -> Vec<String> {
        let d = self.derivation;
        let mut docs = d.header.docs.clone();
        if !docs.is_empty() {
            docs.push(String::new());
        }
        let layers: Vec<String> = d.layers.iter().map(|layer| layer.shape.count().to_string()).collect();
        let sizes = format!("{}-{}", self.input_count(), layers.join("-"));
        let weights = d.count(ParameterKind::Weight);
        let biases = d.count(ParameterKind::Bias);
        docs.push(format!(
            " A {sizes} network: {} parameters ({weights} weights + {biases} biases), {} bytes; {} multiply-adds in a forward pass.",
            weights + biases,
            self.plan.layout.parameter_bytes,
            d.multiply_adds()
        ));
        if !self.plan.layout.by_value {
            docs.push(String::new());
            docs.push(
                " Too large to return by value: start with `boxed()` (feature `alloc` of `mlp`), or with `ZERO` in a \
                 `static` and then `initialize`. Use the methods that write in place."
                    .to_owned(),
            );
        }
        if let Some(loss) = &d.loss {
            docs.push(String::new());
            let batch = match loss.reduction {
                Reduction::Mean => "mean",
                Reduction::Sum => "sum",
            };
            let rounded = if self.fused() { "once, together" } else { "separately" };
            docs.push(format!(
                " The loss is the loss of one sample; the objective of a batch is the {batch} of its losses. Sums are evaluated in \
                 the order of the specification; products and sums are rounded {rounded}."
            ));
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
            Start::Values(_) => "starts at the declared values".to_owned(),
            Start::Loaded(tensor) => format!("starts at the values in `{}`", tensor.file.path),
            Start::Uniform { rule, low, high, .. } => {
                format!("drawn uniformly between {low} and {high} ({rule})")
            }
            Start::Normal { mean, deviation, .. } => {
                format!(
                    "drawn from a normal distribution with mean {mean} and standard deviation {deviation}"
                )
            }
        };
        let start = if parameter.frozen { format!("{start}; frozen") } else { start };
        docs.push(format!(" {kind} `{}`, {}; {start}.", parameter.name, size_in_docs(self.shape(parameter))));
        docs
    }

    pub(super) fn shape(&self, parameter: &Parameter) -> Shape {
        self.derivation.shape(parameter.equation)
    }

    fn gradients_type(&self) -> TokenStream {
        let (name, network) = (&self.types.gradients, self.derivation.header.name.as_str());
        let doc =
            format!(" The gradients of the loss of `{network}` with respect to the trained parameters.");
        let trained = || self.derivation.parameters.iter().filter(|parameter| !parameter.frozen);
        let fields: Vec<_> = trained().map(|p| self.field(p.equation)).collect();
        let types = trained().map(|p| self.array(self.shape(p)));
        let zeros = trained().map(|p| self.zero(self.shape(p)));
        let docs = trained().map(|p| format!(" ∂E/∂`{}`, {}.", p.name, size_in_docs(self.shape(p))));
        let clear = trained().map(|p| {
            let field = self.field(p.equation);
            fill(&quote!(self.#field), self.shape(p), &quote!(0.0))
        });
        let runtime = &self.runtime;
        let divide = trained().map(|p| {
            let field = self.field(p.equation);
            match self.shape(p) {
                Shape::Scalar => quote!(#runtime::divide_scalar(&mut self.#field, by);),
                Shape::Vector(_) => quote!(#runtime::divide_vector(&mut self.#field, by);),
                Shape::Matrix(..) => quote!(#runtime::divide_matrix(&mut self.#field, by);),
            }
        });
        let (real, aligned) = (self.real(), self.aligned());
        quote! {
            #[doc = #doc]
            #aligned
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            pub struct #name { #(#[doc = #docs] pub #fields: #types),* }
            impl #name {
                /// All gradients are 0.
                pub const ZERO: Self = Self { #(#fields: #zeros),* };
                /// All gradients are 0.
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
        let name = &self.types.optimizer;
        let Some(training) = &self.derivation.training else { return TokenStream::new() };
        let doc =
            format!(" The update rule `{}` of `{}`: {}.", training.rule, self.derivation.header.name, {
                if self.derivation.has_optimizer_state() {
                    "its settings and its states"
                } else {
                    "its settings"
                }
            });
        let fields = self.optimizer_fields(training);
        let names: Vec<_> = fields.iter().map(|field| &field.name).collect();
        let (types, values) = (fields.iter().map(|field| &field.ty), fields.iter().map(|field| &field.value));
        let docs = fields.iter().map(|field| &field.doc);
        quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            pub struct #name { #(#[doc = #docs] pub #names: #types),* }
            impl #name {
                /// The optimizer before the first step, with the settings of the specification.
                pub const ZERO: Self = Self { #(#names: #values),* };
                /// The optimizer before the first step, with the settings of the specification.
                pub const fn new() -> Self { Self::ZERO }
            }
            impl ::core::default::Default for #name {
                fn default() -> Self { Self::ZERO }
            }
        }
    }

    pub(super) fn optimizer_fields(&self, training: &Training) -> Vec<OptimizerField> {
        let mut fields = Vec::new();
        for id in self.plan.layout.settings.iter().map(|field| field.value) {
            let Op::Setting(value) = self.derivation.equation(id).op else { continue };
            fields.push(OptimizerField {
                name: self.field(id),
                ty: self.real(),
                value: crate::body::formula::literal(value, self.derivation.header.precision),
                is_setting: true,
                doc: format!(" The setting `{}`, {value} in the specification.", self.derivation.name_of(id)),
            });
        }
        if training.step.is_some() {
            let (name, ty, value) = (quote::format_ident!("steps"), quote!(u64), quote!(0));
            fields.push(OptimizerField {
                name,
                ty,
                value,
                is_setting: false,
                doc: " Number of steps so far.".to_owned(),
            });
        }
        for parameter in &self.derivation.parameters {
            for state in parameter.state() {
                let shape = self.derivation.shape(state.equation);
                fields.push(OptimizerField {
                    name: self.field(state.equation),
                    ty: self.array(shape),
                    value: self.zero(shape),
                    is_setting: false,
                    doc: format!(" State of the rule for `{}`, {}.", parameter.name, size_in_docs(shape)),
                });
            }
        }
        fields
    }

    fn aligned(&self) -> Option<TokenStream> {
        let alignment = size(self.plan.layout.alignment?);
        Some(quote!(#[repr(align(#alignment))]))
    }

    fn workspace_type(&self) -> TokenStream {
        let name = &self.types.workspace;
        let doc = format!(
            " Memory for the intermediate values of `{}`: {} bytes. Contents before a call are ignored.",
            self.derivation.header.name, self.plan.layout.workspace_bytes
        );
        let kept = self.plan.layout.workspace.iter();
        let fields: Vec<_> = kept.clone().map(|field| self.names.of(field.value)).collect();
        let for_all = |field: &Field, one: TokenStream| match field.samples {
            Some(block) => {
                let block = size(block);
                quote!([#one; #block])
            }
            None => one,
        };
        let types = kept.clone().map(|field| for_all(field, self.array(field.shape)));
        let zeros = kept.map(|field| for_all(field, self.zero(field.shape)));
        let aligned = self.aligned();
        quote! {
            #[doc = #doc]
            #aligned
            #[derive(::core::clone::Clone, ::core::fmt::Debug)]
            pub struct #name { #(#fields: #types),* }
            impl #name {
                /// A workspace, ready for use.
                pub const ZERO: Self = Self { #(#fields: #zeros),* };
                /// A workspace, ready for use.
                pub const fn new() -> Self { Self::ZERO }
            }
            impl ::core::default::Default for #name {
                fn default() -> Self { Self::ZERO }
            }
        }
    }

    fn trace_type(&self) -> TokenStream {
        let name = &self.types.trace;
        let doc = format!(" Every named value of the forward pass of `{}`.", self.derivation.header.name);
        let traced = &self.plan.layout.trace;
        let fields: Vec<_> = traced.iter().map(|field| self.trace_field(field.value)).collect();
        let types = traced.iter().map(|field| self.array(field.shape));
        let zeros = traced.iter().map(|field| self.zero(field.shape));
        let docs = traced.iter().map(|field| {
            format!(" `{}`, {}.", self.derivation.name_of(field.value), size_in_docs(field.shape))
        });
        quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, ::core::fmt::Debug, ::core::cmp::PartialEq)]
            pub struct #name { #(#[doc = #docs] pub #fields: #types),* }
            impl #name {
                /// All values are 0.
                pub const ZERO: Self = Self { #(#fields: #zeros),* };
            }
        }
    }

    pub(super) fn trace_field(&self, id: EquationId) -> proc_macro2::Ident {
        identifier(&self.derivation.name_of(id), self.span_of(id))
    }

    /// The statements that set every parameter to its start value.
    pub(super) fn initialize(&self) -> TokenStream {
        let own = quote!(self);
        let statements = self.derivation.parameters.iter().map(|parameter| self.start(&own, parameter));
        quote!(#(#statements)*)
    }

    /// The statement that sets a parameter of `of` to its start value.
    pub(super) fn start(&self, of: &TokenStream, parameter: &Parameter) -> TokenStream {
        let precision = self.derivation.header.precision;
        let field = self.field(parameter.equation);
        let place = quote!(#of.#field);
        let shape = self.shape(parameter);
        match &parameter.start {
            Start::Fill(value) => fill(&place, shape, &crate::body::formula::literal(*value, precision)),
            Start::Values(values) => {
                let values: Vec<TokenStream> =
                    values.iter().map(|value| crate::body::formula::literal(*value, precision)).collect();
                match shape {
                    Shape::Matrix(_, columns) => {
                        let rows = values.chunks(columns.max(1)).map(|row| quote!([#(#row),*]));
                        quote!(#place = [#(#rows),*];)
                    }
                    _ => quote!(#place = [#(#values),*];),
                }
            }
            Start::Loaded(tensor) => self.load(of, parameter, tensor),
            Start::Uniform { low, high, salt, .. } => self.draw(parameter, "uniform", [*low, *high], *salt),
            Start::Normal { mean, deviation, salt } => {
                self.draw(parameter, "normal", [*mean, *deviation], *salt)
            }
        }
    }

    fn draw(&self, parameter: &Parameter, distribution: &str, numbers: [f64; 2], salt: u64) -> TokenStream {
        let (name, field, runtime) = (&parameter.name, self.field(parameter.equation), &self.runtime);
        let [first, second] =
            numbers.map(|x| crate::body::formula::literal(x, mlp_dsl::number::Precision::F64));
        let stream = quote!(#runtime::Stream::new(seed, #salt, #name));
        let method = |shape| quote::format_ident!("{distribution}_{shape}");
        let (scalar, vector, matrix) = (method("scalar"), method("vector"), method("matrix"));
        match self.shape(parameter) {
            Shape::Scalar => quote!(self.#field = #stream.#scalar(#first, #second);),
            Shape::Vector(_) => quote!(#stream.#vector(#first, #second, &mut self.#field);),
            Shape::Matrix(..) => quote!(#stream.#matrix(#first, #second, &mut self.#field);),
        }
    }
}

/// Sets every element in place, so that a large array never stands on the stack.
pub(super) fn fill(place: &TokenStream, shape: Shape, value: &TokenStream) -> TokenStream {
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
