//! Turns the summary into text or Markdown, with the same tables and sentences.

use mlp_document::summary::{Epoch, LayerSummary, Product, Summary, Tally};

use crate::{
    numbers::counted,
    table::{Align, Table, markdown as escaped},
};

/// Text with columns.
pub(super) fn text(summary: &Summary) -> String {
    let part = |(title, body): (String, Body)| match body {
        Body::Table(table) => format!("{title}\n{}", table.text()),
        Body::Lines(lines) => {
            format!("{title}\n{}", lines.iter().map(|l| format!("  {l}\n")).collect::<String>())
        }
    };
    let parts: Vec<String> = sections(summary).into_iter().map(part).collect();
    format!("Network {} ({})\n\n{}", summary.network, summary.precision.rust(), parts.join("\n"))
}

/// Markdown with headings.
pub(super) fn markdown(summary: &Summary) -> String {
    let part = |(title, body): (String, Body)| match body {
        Body::Table(table) => format!("## {title}\n\n{}", table.markdown()),
        Body::Lines(lines) => {
            format!(
                "## {title}\n\n{}",
                lines.iter().map(|l| format!("- {}\n", escaped(l))).collect::<String>()
            )
        }
    };
    let parts: Vec<String> = sections(summary).into_iter().map(part).collect();
    let (name, precision) = (escaped(&summary.network), summary.precision.rust());
    format!("# Network {name} ({precision})\n\n{}", parts.join("\n"))
}

enum Body {
    Table(Table),
    Lines(Vec<String>),
}

fn sections(summary: &Summary) -> Vec<(String, Body)> {
    let batch = match summary.batch {
        1 => "Dimensions for one sample".to_owned(),
        n => format!("Dimensions for a batch of {n}"),
    };
    let mut sections = vec![("Layers".to_owned(), Body::Table(layers(summary)))];
    if summary.layers.iter().any(|layer| !layer.products.is_empty()) {
        sections.push((batch, Body::Table(dimensions(summary))));
    }
    sections.push(("Parameters".to_owned(), Body::Table(parameters(summary))));
    sections.push(("Links".to_owned(), Body::Table(links(summary.total))));
    if let Some(epoch) = summary.epoch {
        sections.push(("Batches per epoch".to_owned(), Body::Lines(batches(epoch, summary.batch))));
    }
    sections.push(("Memory and computation".to_owned(), Body::Lines(memory(summary))));
    sections
}

fn layers(summary: &Summary) -> Table {
    let mut table =
        Table::new(&[("layer", Align::Left), ("activation", Align::Left), ("neurons", Align::Right)]);
    for (name, length) in &summary.inputs {
        table.row([name.clone(), "(input)".to_owned(), length.to_string()]);
    }
    for layer in &summary.layers {
        table.row([layer.name.clone(), layer.activation.clone(), layer.neurons.to_string()]);
    }
    table
}

fn dimensions(summary: &Summary) -> Table {
    let heads = ["layer", "input", "weights", "output", "product"];
    let mut table = Table::new(&heads.map(|head| (head, Align::Left)));
    for layer in &summary.layers {
        for product in &layer.products {
            let (input, weights, output) = (product.input, product.weights, product.output);
            let cells = [layer.name.clone(), input.to_string(), weights.to_string(), output.to_string()];
            table.row(cells.into_iter().chain([equation(product)]));
        }
    }
    table
}

/// The product as an equation of dimensions.
fn equation(product: &Product) -> String {
    let (input, weights, output) = (product.input, product.weights, product.output);
    let factors = if product.columns { [weights, input] } else { [input, weights] };
    let [left, right, output] = [factors[0], factors[1], output].map(|d| format!("{}×{}", d.rows, d.columns));
    format!("{left} · {right} = {output}")
}

fn parameters(summary: &Summary) -> Table {
    let mut table = Table::new(&[
        ("layer", Align::Left),
        ("weights", Align::Right),
        ("biases", Align::Right),
        ("parameters", Align::Right),
    ]);
    for layer in &summary.layers {
        table.row(cells(&layer.name, weights(layer), layer.tally));
    }
    let loss = summary.loss_only;
    if loss.parameters() > 0 {
        table.row(cells("(loss)", loss.weights.to_string(), loss));
    }
    table.row(cells("total", summary.total.weights.to_string(), summary.total));
    if summary.frozen.parameters() > 0 {
        let trained = summary.trained_apart();
        table.row(cells("trained", trained.weights.to_string(), trained));
        table.row(cells("frozen", summary.frozen.weights.to_string(), summary.frozen));
    }
    table
}

fn cells(name: &str, weights: String, tally: Tally) -> [String; 4] {
    [name.to_owned(), weights, tally.biases.to_string(), tally.parameters().to_string()]
}

/// `1024 × 20 = 20480` if the matrices contain all weights of the layer, otherwise only the number.
fn weights(layer: &LayerSummary) -> String {
    let count = layer.tally.weights;
    let area = |product: &Product| product.weights.rows.saturating_mul(product.weights.columns);
    if layer.products.is_empty() || layer.products.iter().map(area).fold(0, u64::saturating_add) != count {
        return count.to_string();
    }
    let areas: Vec<String> = layer.products.iter().map(|product| product.weights.to_string()).collect();
    format!("{} = {count}", areas.join(" + "))
}

fn links(total: Tally) -> Table {
    let mut table =
        Table::new(&[("", Align::Left), ("links", Align::Right), ("distinct parameters", Align::Right)]);
    let mut row = |name: &str, links: u64, distinct: u64| {
        table.row([name.to_owned(), links.to_string(), distinct.to_string()]);
    };
    row("weights", total.weight_links, total.weights);
    row("biases", total.bias_links, total.biases);
    row("total", total.links(), total.parameters());
    table
}

fn batches(epoch: Epoch, batch: u64) -> Vec<String> {
    let Epoch { samples, full, rest } = epoch;
    let counted_batches =
        |count: u64| if count == 1 { "1 batch".to_owned() } else { format!("{count} batches") };
    if rest == 0 {
        return vec![format!("{samples} / {batch} = {}, all full", counted_batches(full))];
    }
    let last = counted(rest, "sample");
    vec![
        format!("{samples} / {batch} = {full}, remainder {rest}"),
        format!("{} including the last one, of {last}", counted_batches(epoch.batches())),
        format!("{} without the last one", counted_batches(full)),
    ]
}

fn memory(summary: &Summary) -> Vec<String> {
    let (count, bytes) = (summary.total.parameters(), summary.precision.bytes());
    let product = format!("{count} × {bytes} bytes = {} bytes", summary.parameter_bytes);
    let work = summary.multiply_adds;
    let mut lines = vec![format!("parameters: {product}")];
    let numbers =
        |what: &str, count: u64| format!("{what}: {count} × {bytes} bytes = {} bytes", count * bytes as u64);
    if summary.trained > 0 {
        lines.push(numbers("gradients", summary.trained));
    }
    if summary.state > 0 {
        lines.push(numbers("optimizer state", summary.state));
    }
    let batches = match summary.block {
        1 => String::new(),
        block => {
            format!("; of batches: {} bytes, for {block} samples at once", summary.batch_workspace_bytes)
        }
    };
    lines.push(format!("workspace: {} bytes{batches}", summary.workspace_bytes));
    let code = if summary.unrolled { "unrolled" } else { "loops" };
    lines.push(format!("generated code: {code}"));
    lines.push(format!("forward pass: {} per sample", counted(work, "multiply-add")));
    if summary.batch > 1 {
        let all = u128::from(work) * u128::from(summary.batch);
        lines.push(format!("forward pass: {} × {work} = {all} multiply-adds per batch", summary.batch));
    }
    lines
}
