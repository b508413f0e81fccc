//! Several targets of a sample as one list of numbers: the implementation of the runtime's trait `Targets`.

use proc_macro2::TokenStream;
use quote::quote;

use crate::surface::{Kind, print::Printer};

/// The implementation for the type of several targets, if there is one. A stub does nothing.
pub(super) fn targets(printer: &Printer<'_>, stub: bool) -> Option<TokenStream> {
    let part = printer.surface.exported().find(|part| part.kind == Kind::Target)?;
    let (runtime, real, name) = (printer.runtime, printer.real(), printer.name(Kind::Target));
    let fields: Vec<_> = part.fields.iter().map(|field| &field.name).collect();
    let types = part.fields.iter().map(|field| printer.ty(&field.ty)).filter(|_| !stub);
    let read = quote! {
        let mut rest = numbers;
        ::core::result::Result::Ok(Self { #(#fields: #runtime::next_target(&mut rest)?),* })
    };
    let read = if stub { quote!(::core::result::Result::Ok(Self::ZERO)) } else { read };
    let written = fields.iter().filter(|_| !stub);
    Some(quote! {
        impl #runtime::Targets<#real> for #name {
            const COUNT: usize = 0 #(+ <#types as #runtime::Targets<#real>>::COUNT)*;

            fn from_numbers(numbers: &[#real]) -> ::core::result::Result<Self, #runtime::TargetError> {
                #runtime::exactly(numbers.len(), <Self as #runtime::Targets<#real>>::COUNT)?;
                #read
            }

            fn write_numbers(&self, into: &mut [#real]) -> ::core::result::Result<(), #runtime::WrongLength> {
                #runtime::exactly(into.len(), <Self as #runtime::Targets<#real>>::COUNT)?;
                let mut rest = into;
                #(#runtime::put_next_target(&self.#written, &mut rest)?;)*
                ::core::result::Result::Ok(())
            }
        }
    })
}
