//! Tests of the llm.
