//! Turns an API into Rust items.

use std::collections::BTreeSet;

use mlp_dsl::{kind::ParameterKind, model::Reduction, never, shape::Shape};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::{
    Constant, Field, Implementation, Item, Kind, LayoutEntry, Method, Missing, Parameter, Pass, Provided,
    Struct, Surface, Trait, Type, Value,
};
use crate::{body::formula::literal, size};

/// The code in an API.
pub(crate) trait Bodies {
    /// The body of a method.
    fn method(&self, printer: &Printer<'_>, method: &Method) -> TokenStream;
    /// The value of a constant that the API does not determine: start values or samples.
    fn constant(&self, printer: &Printer<'_>, constant: &Constant) -> TokenStream;
    /// The methods with which the network overrides those of a trait.
    fn provided(&self, provided: Provided) -> TokenStream;
}

/// Prints an API.
pub(crate) struct Printer<'p> {
    pub(crate) surface: &'p Surface,
    /// The path of the runtime.
    pub(crate) runtime: &'p TokenStream,
    pub(crate) bodies: &'p dyn Bodies,
}

impl Printer<'_> {
    /// The module with these items, and the names that it exports.
    pub(crate) fn module(&self, allowed: &TokenStream, items: &TokenStream) -> TokenStream {
        let module = format_ident!("__mlp_{}", self.surface.name);
        let visibility: TokenStream = match self.surface.visibility.parse() {
            Ok(visibility) => visibility,
            Err(_) => {
                never!("`{}` is not a visibility", self.surface.visibility);
                TokenStream::new()
            }
        };
        let alias = (!self.has_batch_workspace()).then_some(Kind::BatchWorkspace);
        let exported = self.surface.exported().map(|part| part.kind).chain(alias);
        let exported = exported.map(|kind| self.name(kind));
        let attributes = &self.surface.attributes.code;
        quote! {
            #(#attributes)*
            #[doc(hidden)]
            #[allow(#allowed)]
            mod #module { #items }
            #(#attributes)*
            #[allow(unused_imports, unreachable_pub)]
            #visibility use #module::{#(#exported),*};
        }
    }

    /// The name of a generated type.
    pub(crate) fn name(&self, kind: Kind) -> Ident {
        self.surface.types.of(kind).clone()
    }

    /// All types; the methods of the network follow in [`interface`](Self::interface).
    pub(crate) fn types(&self) -> TokenStream {
        let structs = self.surface.structs.iter().map(|part| {
            let declaration = self.declaration(part);
            let inherent = (part.kind != Kind::Network).then(|| self.inherent(part));
            let gradients = (part.kind == Kind::Gradients).then(|| self.implementation(Trait::Gradients));
            quote!(#declaration #inherent #gradients)
        });
        let alias = (!self.has_batch_workspace()).then(|| {
            let [batch, one] = [Kind::BatchWorkspace, Kind::Workspace].map(|kind| self.name(kind));
            let docs = format!(" Memory for batches: the same as for one sample, [`{one}`].");
            quote!(#[doc = #docs] pub type #batch = #one;)
        });
        quote!(#(#structs)* #alias)
    }

    /// Whether batches have a workspace of a type of their own.
    pub(crate) fn has_batch_workspace(&self) -> bool {
        self.surface.structs.iter().any(|part| part.kind == Kind::BatchWorkspace)
    }

    /// The network's constants and methods.
    pub(crate) fn interface(&self) -> TokenStream {
        let network = self.surface.structs.iter().filter(|part| part.kind == Kind::Network);
        let present = network.map(|network| self.inherent(network));
        present.chain(self.surface.missing.iter().map(|missing| self.missing(missing))).collect()
    }

    /// Functions and methods with a bound that never holds. It is one of the implementation, so that traits of the user
    /// may have methods of these names.
    fn missing(&self, missing: &Missing) -> TokenStream {
        let (name, runtime, bound) = (self.name(Kind::Network), self.runtime, call_site(missing.bound));
        let functions = missing.functions.iter().map(|name| call_site(name));
        let methods = missing.methods.iter().map(|name| call_site(name));
        quote! {
            impl<'__a> #name where #name: #runtime::#bound<'__a> {
                #(#[doc(hidden)] pub fn #functions() {})*
                #(#[doc(hidden)] pub fn #methods(&self) {})*
            }
        }
    }

    fn declaration(&self, part: &Struct) -> TokenStream {
        let (name, docs) = (self.name(part.kind), &part.docs);
        let aligned = part.alignment.map(|alignment| {
            let alignment = size(alignment);
            quote!(#[repr(align(#alignment))])
        });
        let comparable = part.public.then(|| quote!(, ::core::cmp::PartialEq));
        let public = part.public.then(|| quote!(pub));
        let copied = part.kind.is_of_sample().then(|| quote!(::core::marker::Copy,));
        let fields = part.fields.iter().map(|field| {
            let (name, docs, ty) = (&field.name, &field.docs, self.ty(&field.ty));
            quote!(#(#[doc = #docs])* #public #name: #ty)
        });
        let all = &self.surface.attributes;
        let own = if part.kind == Kind::Network { all.network.as_slice() } else { &[] };
        // A type of a sample has classes, which derive less.
        let attributes =
            if matches!(part.kind, Kind::Workspace | Kind::BatchWorkspace) || part.kind.is_of_sample() {
                &[]
            } else {
                all.types.as_slice()
            };
        quote! {
            #(#[doc = #docs])*
            #aligned
            #(#own)*
            #(#attributes)*
            #[derive(::core::clone::Clone, #copied ::core::fmt::Debug #comparable)]
            pub struct #name { #(#fields),* }
        }
    }

    /// The constants and methods of a type, and `Default`.
    fn inherent(&self, part: &Struct) -> TokenStream {
        let name = self.name(part.kind);
        let constants = part.constants.iter().map(|constant| {
            let printed = self.constant(constant, &part.fields);
            let allowed =
                matches!(constant.value, Value::Trained).then(|| quote!(#[allow(long_running_const_eval)]));
            let docs = &constant.docs;
            quote!(#(#[doc = #docs])* #allowed pub #printed)
        });
        let methods = part.methods.iter().map(|method| {
            let (docs, printed) = (&method.docs, self.method(method));
            let used = is_for_its_result(method).then(|| quote!(#[must_use]));
            quote!(#(#[doc = #docs])* #used pub #printed)
        });
        let default = part.default.then(|| {
            let value = match part.kind {
                Kind::Network => quote!(Self::new()),
                Kind::Gradients
                | Kind::Optimizer
                | Kind::Workspace
                | Kind::BatchWorkspace
                | Kind::Trace
                | Kind::Target
                | Kind::Heads => quote!(Self::ZERO),
            };
            quote! {
                impl ::core::default::Default for #name {
                    fn default() -> Self { #value }
                }
            }
        });
        quote!(impl #name { #(#constants)* #(#methods)* } #default)
    }

    /// The implementation of a trait, if the network has one.
    pub(crate) fn implementation(&self, of: Trait) -> TokenStream {
        let found = self.surface.implementations.iter().filter(|implementation| implementation.of == of);
        found.map(|found| self.implemented(found)).collect()
    }

    fn implemented(&self, implementation: &Implementation) -> TokenStream {
        let (name, path) = (self.name(implementation.kind), self.path(implementation.of));
        let generics = (implementation.of == Trait::Gradients).then(|| {
            let real = self.real();
            quote!(<#real>)
        });
        let items = implementation.items.iter().map(|item| match item {
            Item::Type(name, ty) => {
                let (name, ty) = (call_site(name), self.ty(ty));
                quote!(type #name = #ty;)
            }
            Item::Constant(constant) => self.constant(constant, &[]),
            Item::Method(method) => self.method(method),
            Item::Provided(provided) => self.bodies.provided(*provided),
        });
        quote!(impl #path #generics for #name { #(#items)* })
    }

    /// The path of a trait.
    pub(crate) fn path(&self, of: Trait) -> TokenStream {
        let runtime = self.runtime;
        match of {
            Trait::Tensors => quote!(#runtime::Tensors),
            Trait::Network => quote!(#runtime::Network),
            Trait::Differentiable => quote!(#runtime::Differentiable),
            Trait::Trainable => quote!(#runtime::Trainable),
            Trait::Gradients => quote!(#runtime::Gradients),
            Trait::InputDifferentiable => quote!(#runtime::InputDifferentiable),
            Trait::PullBack => quote!(#runtime::PullBack),
        }
    }
}

/// Methods and constants.
impl Printer<'_> {
    fn method(&self, method: &Method) -> TokenStream {
        let (name, generics) = (call_site(method.name), generics(method));
        let constant = method.constant.then(|| quote!(const));
        let receiver = method.receiver.map(|pass| passed(pass, None, &quote!(self)));
        let parameters = method.parameters.iter().map(|parameter| {
            let (name, ty) = (call_site(parameter.name), self.parameter(parameter, None));
            quote!(#name: #ty)
        });
        let parameters = receiver.into_iter().chain(parameters);
        let result = method.result.as_ref().map(|result| {
            let result = self.ty(result);
            quote!(-> #result)
        });
        let body = self.bodies.method(self, method);
        quote!(#constant fn #name #generics(#(#parameters),*) #result { #body })
    }

    /// The type of a parameter, with the lifetime of its reference where one is written.
    pub(crate) fn parameter(&self, parameter: &Parameter, lifetime: Option<&TokenStream>) -> TokenStream {
        passed(parameter.pass, lifetime, &self.ty(&parameter.ty))
    }

    /// A call of the method of the same name of a trait.
    pub(crate) fn delegate(&self, of: Trait, method: &Method) -> TokenStream {
        let (path, name) = (self.path(of), call_site(method.name));
        let arguments = method.parameters.iter().map(|parameter| call_site(parameter.name));
        let end = method.result.is_none().then(|| quote!(;));
        quote!(#path::#name(self, #(#arguments),*) #end)
    }

    fn constant(&self, constant: &Constant, fields: &[Field]) -> TokenStream {
        let (name, ty) = (call_site(constant.name), self.ty(&constant.ty));
        let runtime = self.runtime;
        let value = match &constant.value {
            Value::Count(count) => size(*count).into_token_stream(),
            Value::Whole(number) => quote!(#number),
            Value::Flag(flag) => quote!(#flag),
            Value::Name(name) => quote!(#name),
            Value::Zero => self.zeros(fields),
            Value::Trained | Value::Inputs | Value::Targets => self.bodies.constant(self, constant),
            Value::Own => quote!(Self::#name),
            Value::Layout(entries) => {
                let entries = entries.iter().map(|entry| self.layout(entry));
                quote!(&[#(#entries),*])
            }
            Value::NetworkTensors => {
                let (of, network) = (self.path(Trait::Tensors), self.name(Kind::Network));
                quote!(<#network as #of>::#name)
            }
            Value::Size(kind) => {
                let name = self.name(*kind);
                quote!(::core::mem::size_of::<#name>())
            }
            Value::Reduction(Reduction::Mean) => quote!(#runtime::Reduction::Mean),
            Value::Reduction(Reduction::Sum) => quote!(#runtime::Reduction::Sum),
        };
        quote!(const #name: #ty = #value;)
    }

    fn zeros(&self, fields: &[Field]) -> TokenStream {
        let (names, values) =
            (fields.iter().map(|field| &field.name), fields.iter().map(|field| self.first(field)));
        quote!(Self { #(#names: #values),* })
    }

    /// The value of a field before the first step.
    pub(crate) fn first(&self, field: &Field) -> TokenStream {
        match field.setting {
            Some(setting) => literal(setting, self.surface.precision),
            None => self.zero(&field.ty),
        }
    }

    fn layout(&self, entry: &LayoutEntry) -> TokenStream {
        let (runtime, name) = (self.runtime, &entry.name);
        let kind = match entry.kind {
            ParameterKind::Weight => quote!(Weight),
            ParameterKind::Bias => quote!(Bias),
        };
        let shape = match entry.shape {
            Shape::Scalar => quote!(Scalar),
            Shape::Vector(n) => {
                let n = size(n);
                quote!(Vector(#n))
            }
            Shape::Matrix(rows, columns) => {
                let (rows, columns) = (size(rows), size(columns));
                quote!(Matrix(#rows, #columns))
            }
        };
        quote!(#runtime::Parameter {
            name: #name, kind: #runtime::ParameterKind::#kind, shape: #runtime::ParameterShape::#shape
        })
    }
}

/// Types and their zeros.
impl Printer<'_> {
    pub(crate) fn real(&self) -> Ident {
        call_site(self.surface.precision.rust())
    }

    /// A type.
    pub(crate) fn ty(&self, ty: &Type) -> TokenStream {
        let (real, runtime) = (self.real(), self.runtime);
        match ty {
            Type::Numbers(sizes) => array(sizes, quote!(#real)),
            Type::Slices(dimensions) => (0..*dimensions).fold(quote!(#real), |of, _| quote!(&'static [#of])),
            Type::Class(classes) => {
                let classes = size(*classes);
                quote!(#runtime::Class<#classes>)
            }
            Type::Flag => quote!(bool),
            Type::Count => quote!(usize),
            Type::Whole => quote!(u64),
            Type::Name => quote!(&'static str),
            Type::Own(kind) => self.name(*kind).into_token_stream(),
            Type::Itself => quote!(Self),
            Type::Any(letter) => format_ident!("{letter}").into_token_stream(),
            Type::List(each, count) => array(&[*count], self.ty(each)),
            Type::Many(each) => {
                let each = self.ty(each);
                quote!([#each])
            }
            Type::Batch(input, target) => {
                let (input, target) = (self.ty(input), self.ty(target));
                quote!(#runtime::Batch<'_, #input, #target>)
            }
            Type::Pair(first, second) => {
                let (first, second) = (self.ty(first), self.ty(second));
                quote!((#first, #second))
            }
            Type::Wide(count) => array(&[*count], quote!(f64)),
            Type::Checked => quote!(::core::result::Result<(), #runtime::BatchError>),
            Type::CheckedNumber => quote!(::core::result::Result<#real, #runtime::BatchError>),
            Type::Tried => quote!(::core::result::Result<#real, #runtime::NotFinite>),
            Type::Elements(pass) => {
                let elements = passed(*pass, None, &quote!([#real]));
                quote!(::core::option::Option<#elements>)
            }
            Type::Steps(pass) => {
                let steps = passed(*pass, None, &quote!(u64));
                quote!(::core::option::Option<#steps>)
            }
            Type::Layout => quote!(&'static [#runtime::Parameter]),
            Type::Reduction => quote!(#runtime::Reduction),
            Type::Within(of) => passed(Pass::Mutable, None, &self.ty(of)),
        }
    }

    /// The value of a type with zeros, or without elements.
    pub(crate) fn zero(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Numbers(sizes) => array(sizes, quote!(0.0)),
            Type::Slices(_) | Type::Layout => quote!(&[]),
            Type::Class(_) => {
                let runtime = self.runtime;
                quote!(#runtime::Class::at_most(0))
            }
            Type::Flag => quote!(false),
            Type::Count | Type::Whole => quote!(0),
            Type::Name => quote!(""),
            Type::Own(kind) => {
                let name = self.name(*kind);
                quote!(#name::ZERO)
            }
            Type::Itself => quote!(Self::ZERO),
            Type::List(each, count) => array(&[*count], self.zero(each)),
            Type::Pair(first, second) => {
                let (first, second) = (self.zero(first), self.zero(second));
                quote!((#first, #second))
            }
            Type::Wide(count) => array(&[*count], quote!(0.0)),
            Type::Checked => quote!(::core::result::Result::Ok(())),
            Type::Tried | Type::CheckedNumber => quote!(::core::result::Result::Ok(0.0)),
            Type::Elements(_) | Type::Steps(_) => quote!(::core::option::Option::None),
            Type::Any(_) | Type::Many(_) | Type::Batch(..) | Type::Reduction | Type::Within(_) => {
                never!("{ty:?} has no zero");
                TokenStream::new()
            }
        }
    }
}

/// An array type, or an array of one value; the first size is the outermost.
pub(crate) fn array(sizes: &[usize], of: TokenStream) -> TokenStream {
    sizes.iter().rev().fold(of, |of, count| {
        let count = size(*count);
        quote!([#of; #count])
    })
}

fn passed(pass: Pass, lifetime: Option<&TokenStream>, ty: &TokenStream) -> TokenStream {
    match pass {
        Pass::Value => ty.clone(),
        Pass::Shared => quote!(& #lifetime #ty),
        Pass::Mutable => quote!(& #lifetime mut #ty),
    }
}

/// Whether a call without a use of its result does nothing. An error is a result that must be used anyway.
fn is_for_its_result(method: &Method) -> bool {
    let changes = |parameter: &Parameter| parameter.pass == Pass::Mutable;
    let result = method.result.as_ref().is_some_and(|result| !matches!(result, Type::Checked | Type::Tried));
    result && method.receiver != Some(Pass::Mutable) && !method.parameters.iter().any(changes)
}

/// The type parameters of a method: those of its parameters that may be anything.
fn generics(method: &Method) -> Option<TokenStream> {
    let mut seen = BTreeSet::new();
    let generics: Vec<TokenStream> = method
        .parameters
        .iter()
        .filter_map(|parameter| {
            let Type::Any(letter) = parameter.ty else { return None };
            let name = format_ident!("{letter}");
            let unsized_too = (parameter.pass != Pass::Value).then(|| quote!(: ?Sized));
            seen.insert(letter).then(|| quote!(#name #unsized_too))
        })
        .collect();
    (!generics.is_empty()).then(|| quote!(<#(#generics),*>))
}

fn call_site(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
