//! A row as JSON writes it, in any of the shapes people have. Only what is needed is kept: of a conversation its first
//! human turn.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// The fields of a row that mean something; others are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default, expecting = "an object")]
pub struct Row {
    pub text: Field,
    pub instruction: Field,
    pub input: Field,
    pub query: Field,
    pub prompt: Field,
    pub question: Field,
    pub conversations: Turns,
    pub messages: Turns,
    pub category: Field,
    pub topic: Field,
    pub language: Field,
    pub id: Field,
}

/// A value that should be text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// Not there, or null.
    #[default]
    Absent,
    /// Text.
    Text(String),
    /// A number, written out.
    Number(String),
    /// Something else, by name.
    Other(&'static str),
}

impl Field {
    /// The text, or the number written out; nothing where there is neither.
    pub fn loosely(self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text).filter(|text| !text.trim().is_empty()),
            Self::Absent | Self::Other(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(FieldVisitor)
    }
}

struct FieldVisitor;

impl<'de> Visitor<'de> for FieldVisitor {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Field, E> {
        Ok(Field::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Field, E> {
        Ok(Field::Text(text))
    }

    fn visit_unit<E>(self) -> Result<Field, E> {
        Ok(Field::Absent)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Field, E> {
        Ok(Field::Other("a boolean"))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Field, E> {
        Ok(Field::Number(n.to_string()))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Field, E> {
        Ok(Field::Number(n.to_string()))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Field, E> {
        Ok(Field::Number(n.to_string()))
    }

    /// A list is text where it is made of parts that hold some, as OpenAI's messages may be.
    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Field, A::Error> {
        let mut text = None;
        while let Some(part) = parts.next_element::<Part>()? {
            if let Field::Text(more) = part.text {
                text.get_or_insert_with(String::new).push_str(&more);
            }
        }
        Ok(text.map_or(Field::Other("a list"), Field::Text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Field, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::Other("an object"))
    }
}

/// A part of a message's content, of which only text counts; anything else is an empty part.
#[derive(Default)]
struct Part {
    text: Field,
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Any {
            Object {
                #[serde(default)]
                text: Field,
            },
            Else(IgnoredAny),
        }
        Ok(match Any::deserialize(from)? {
            Any::Object { text } => Self { text },
            Any::Else(_) => Self::default(),
        })
    }
}

/// A conversation, of which the first human turn is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Turns {
    /// Not there, or null.
    #[default]
    Absent,
    /// What the human said first.
    Human(Field),
    /// Nobody human speaks.
    NoHuman,
    /// Not a list, but something else, by name.
    Other(&'static str),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Turn {
    from: Field,
    role: Field,
    value: Field,
    content: Field,
}

impl Turn {
    /// What was said, where a human said it.
    fn human(self) -> Option<Field> {
        let speaker = if self.from == Field::Absent { self.role } else { self.from };
        let is_human = matches!(&speaker, Field::Text(name) if name == "human" || name == "user");
        is_human.then_some(if self.value == Field::Absent { self.content } else { self.value })
    }
}

impl<'de> Deserialize<'de> for Turns {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TurnsVisitor)
    }
}

struct TurnsVisitor;

impl<'de> Visitor<'de> for TurnsVisitor {
    type Value = Turns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of turns")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut turns: A) -> Result<Turns, A::Error> {
        while let Some(turn) = turns.next_element::<Turn>()? {
            if let Some(said) = turn.human() {
                while turns.next_element::<IgnoredAny>()?.is_some() {}
                return Ok(Turns::Human(said));
            }
        }
        Ok(Turns::NoHuman)
    }

    fn visit_unit<E>(self) -> Result<Turns, E> {
        Ok(Turns::Absent)
    }

    fn visit_str<E>(self, _: &str) -> Result<Turns, E> {
        Ok(Turns::Other("a text"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Turns, E> {
        Ok(Turns::Other("a boolean"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Turns, E> {
        Ok(Turns::Other("a number"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Turns, E> {
        Ok(Turns::Other("a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Turns, E> {
        Ok(Turns::Other("a number"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Turns, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Turns::Other("an object"))
    }
}
