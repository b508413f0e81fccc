//! Small models, built from messages.
