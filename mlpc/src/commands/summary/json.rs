//! Turns the summary into JSON.

use mlp_document::summary::{Dimensions, Epoch, LayerSummary, Product, Summary, Tally};

use crate::json::Json;

/// The whole summary.
pub(super) fn json(summary: &Summary) -> Json {
    let data = |(name, length): &(String, u64)| {
        Json::object([("name", Json::text(name)), ("length", Json::whole(*length))])
    };
    let work = summary.multiply_adds;
    Json::object([
        ("network", Json::text(&summary.network)),
        ("precision", Json::text(summary.precision.rust())),
        ("inputs", Json::List(summary.inputs.iter().map(data).collect())),
        ("target", if let [target] = summary.targets.as_slice() { data(target) } else { Json::Null }),
        ("targets", Json::List(summary.targets.iter().map(data).collect())),
        ("batch", Json::whole(summary.batch)),
        ("layers", Json::List(summary.layers.iter().map(layer).collect())),
        ("loss_only", tally(summary.loss_only)),
        ("total", tally(summary.total)),
        ("trained", apart(summary.trained_apart())),
        ("frozen", apart(summary.frozen)),
        ("epoch", summary.epoch.map_or(Json::Null, epoch)),
        (
            "memory",
            Json::object([
                ("parameter_bytes", Json::whole(summary.parameter_bytes)),
                ("gradient_bytes", Json::whole(summary.trained * summary.precision.bytes() as u64)),
                ("state_bytes", Json::whole(summary.state * summary.precision.bytes() as u64)),
                ("workspace_bytes", Json::whole(summary.workspace_bytes)),
                ("batch_workspace_bytes", Json::whole(summary.batch_workspace_bytes)),
            ]),
        ),
        (
            "generated_code",
            Json::object([
                ("layers", Json::text(if summary.unrolled { "unrolled" } else { "loops" })),
                ("samples_at_once", Json::whole(summary.block)),
            ]),
        ),
        (
            "multiply_adds",
            Json::object([
                ("sample", Json::whole(work)),
                ("batch", Json::Number((u128::from(work) * u128::from(summary.batch)).to_string())),
            ]),
        ),
    ])
}

fn layer(layer: &LayerSummary) -> Json {
    Json::object([
        ("name", Json::text(&layer.name)),
        ("activation", Json::text(&layer.activation)),
        ("neurons", Json::whole(layer.neurons)),
        ("products", Json::List(layer.products.iter().map(product).collect())),
        ("parameters", tally(layer.tally)),
    ])
}

fn product(product: &Product) -> Json {
    Json::object([
        ("input", dimensions(product.input)),
        ("weights", dimensions(product.weights)),
        ("output", dimensions(product.output)),
        ("samples_are", Json::text(if product.columns { "columns" } else { "rows" })),
    ])
}

fn dimensions(dimensions: Dimensions) -> Json {
    Json::List(vec![Json::whole(dimensions.rows), Json::whole(dimensions.columns)])
}

fn tally(tally: Tally) -> Json {
    Json::object([
        ("weights", Json::whole(tally.weights)),
        ("biases", Json::whole(tally.biases)),
        ("parameters", Json::whole(tally.parameters())),
        ("weight_links", Json::whole(tally.weight_links)),
        ("bias_links", Json::whole(tally.bias_links)),
    ])
}

/// Distinct parameters alone: trained and frozen ones share the links.
fn apart(tally: Tally) -> Json {
    Json::object([
        ("weights", Json::whole(tally.weights)),
        ("biases", Json::whole(tally.biases)),
        ("parameters", Json::whole(tally.parameters())),
    ])
}

fn epoch(epoch: Epoch) -> Json {
    Json::object([
        ("samples", Json::whole(epoch.samples)),
        ("batches", Json::whole(epoch.batches())),
        ("full_batches", Json::whole(epoch.full)),
        ("samples_in_short_batch", Json::whole(epoch.rest)),
    ])
}
