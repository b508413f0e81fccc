//! What a user sees when the specification or its use is wrong. The expected text is rustc's of
//! the current stable release; `TRYBUILD=overwrite cargo test --test compile_errors` renews it.

#[test]
fn mistakes_are_underlined_in_the_users_source() {
    trybuild::TestCases::new().compile_fail("tests/compile_errors/*.rs");
}
