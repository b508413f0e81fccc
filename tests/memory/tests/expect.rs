//! The test that `mlp!` generates from `expect from`: NumPy computed the values, see `networks/expect/model.py`.

mlp::mlp! {
    network Stored: f32 {
        input   x[3];
        layer   h[4] = tanh(dense(x));
        layer   y[2] = dense(h);
        weights from "networks/expect/model.safetensors" { h = "net.0", y = "net.2" };
        expect from "networks/expect/model.safetensors" { x = "expect.x", y = "expect.y" } within 1e-6;
    }
}

#[test]
fn the_network_is_used() {
    assert_eq!(Stored::OUTPUTS, 2);
}
