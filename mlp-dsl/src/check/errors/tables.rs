//! M08: tables and trainings.

use crate::{diagnostic::Diagnostic, span::Span, spelling::closest, syntax::ast::Name, visible::on_one_line};

pub(in crate::check) fn table_path(path: &str, span: Span) -> Diagnostic {
    let title = format!("the path `{}` is not portable", on_one_line(path));
    Diagnostic::new("M0801", title, span, "must be relative and use `/`").help(
        "write a path relative to the specification, such as \"data/train.csv\"; `--data` takes any other file",
    )
}

/// An entry whose name is not that of an input, a target or an element.
pub(in crate::check) fn columns_of_nothing<'n>(
    name: &Name,
    known: impl Iterator<Item = &'n str>,
) -> Diagnostic {
    let title = format!("`{}` is neither an input nor a target", name.text);
    Diagnostic::new("M0802", title, name.span, "takes nothing from the table").help(
        match closest(&name.text, known) {
            Some(near) => format!("is it `{near}`?"),
            None => "write the name of an input, a target or one of their elements, and after `=` the column"
                .to_owned(),
        },
    )
}

pub(in crate::check) fn columns_twice(name: &Name, first: Span) -> Diagnostic {
    let title = format!("`{}` has two entries", name.text);
    Diagnostic::new("M0802", title, name.span, "the second one")
        .also(first, "the first one")
        .help("remove one of the two")
}

pub(in crate::check) fn column_count(name: &Name, wanted: usize, found: usize, span: Span) -> Diagnostic {
    let columns = |count| if count == 1 { "1 column".to_owned() } else { format!("{count} columns") };
    let title = format!("`{}` takes {}, and {found} {} named", name.text, columns(wanted), is(found));
    let help = match wanted {
        1 => format!("name one: `{} = \"column\"`", name.text),
        _ => format!("name all of them in order: `{} = [\"first\", \"second\", …]`", name.text),
    };
    Diagnostic::new("M0803", title, span, format!("these are {found}")).help(help)
}

fn is(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

pub(in crate::check) fn classes_of_numbers(name: &Name, span: Span) -> Diagnostic {
    let title = format!("`{}` has no classes", name.text);
    Diagnostic::new("M0804", title, span, "names of classes").help(
        "remove them; a target `t: class[n]` has n classes, and one that is a single number 0 or 1 has two",
    )
}

pub(in crate::check) fn class_names(name: &Name, wanted: usize, found: usize, span: Span) -> Diagnostic {
    let title = format!("`{}` has {wanted} classes, and each needs a name of its own", name.text);
    Diagnostic::new("M0804", title, span, format!("these are {found} names"))
        .help(format!("write {wanted} different names, in the order of the numbers from 0"))
}

pub(in crate::check) fn hold_out_range(value: f64, span: Span) -> Diagnostic {
    let title = "`hold_out` is a share between 0 and 1, or a whole number of rows";
    Diagnostic::new("M0805", title, span, format!("this is {value}"))
        .help("write 0.2 for a fifth of the rows, or 100 for that many")
}
