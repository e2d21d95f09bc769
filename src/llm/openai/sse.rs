//! Server-sent events from bytes. Works on bytes, so that characters may be split between chunks and bytes that are no
//! UTF-8 stay in the event they came in; knows all three line ends, comments and a byte order mark.

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// The event's name; empty where it has none.
    pub name: String,
    /// Its data.
    pub data: Vec<u8>,
}

/// A reader that is fed chunks and gives events.
#[derive(Debug, Default)]
pub(super) struct Sse {
    buffer: Vec<u8>,
    /// Where the first unread line begins.
    line: usize,
    /// Up to where the unread line was searched for its end.
    searched: usize,
    /// The last line ended in CR: a LF that follows belongs to it.
    after_cr: bool,
    begun: bool,
    event: Event,
    filled: bool,
}

impl Sse {
    /// Adds what came.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.line > 0 {
            self.buffer.drain(..self.line);
            self.searched -= self.line;
            self.line = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole event, where there is one.
    pub fn next(&mut self) -> Option<Event> {
        loop {
            let (start, end) = self.next_line()?;
            if start < end {
                let buffer = std::mem::take(&mut self.buffer);
                self.field(&buffer[start..end]);
                self.buffer = buffer;
            } else if self.filled {
                return Some(self.take());
            } else {
                self.event.name.clear();
            }
        }
    }

    /// At the end of the stream: what was not closed by an empty line.
    pub fn last(&mut self) -> Option<Event> {
        if self.line < self.buffer.len() {
            let line = self.buffer.split_off(self.line);
            self.field(&line);
        }
        self.filled.then(|| self.take())
    }

    fn take(&mut self) -> Event {
        self.filled = false;
        std::mem::take(&mut self.event)
    }

    /// Moves past the next line that has an end, and says where it stands.
    fn next_line(&mut self) -> Option<(usize, usize)> {
        if self.after_cr && self.line < self.buffer.len() {
            self.after_cr = false;
            if self.buffer[self.line] == b'\n' {
                self.line += 1;
            }
        }
        self.searched = self.searched.max(self.line);
        let found = self.buffer[self.searched..].iter().position(|&byte| byte == b'\n' || byte == b'\r');
        let Some(end) = found.map(|at| at + self.searched) else {
            self.searched = self.buffer.len();
            return None;
        };
        let start = self.line;
        self.after_cr = self.buffer[end] == b'\r';
        self.line = end + 1;
        self.searched = self.line;
        Some((start, end))
    }

    fn field(&mut self, line: &[u8]) {
        let line = if self.begun { line } else { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) };
        self.begun = true;
        let (name, value) = match line.iter().position(|&byte| byte == b':') {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line, &[][..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => self.data(value),
            b"event" => self.event.name = String::from_utf8_lossy(value).into_owned(),
            // Older llama.cpp servers send failures as a field of this name.
            b"error" => {
                "error".clone_into(&mut self.event.name);
                self.data(value);
            }
            _ => {}
        }
    }

    fn data(&mut self, value: &[u8]) {
        if self.filled {
            self.event.data.push(b'\n');
        }
        self.event.data.extend_from_slice(value);
        self.filled = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(stream: &[u8], step: usize) -> Vec<Event> {
        let mut sse = Sse::default();
        let mut events = Vec::new();
        for chunk in stream.chunks(step) {
            sse.feed(chunk);
            while let Some(event) = sse.next() {
                events.push(event);
            }
        }
        events.extend(sse.last());
        events
    }

    fn event(name: &str, data: &str) -> Event {
        Event { name: name.to_owned(), data: data.as_bytes().to_vec() }
    }

    #[test]
    fn any_split_gives_the_same_events() {
        let stream =
            "\u{feff}: hello\r\n\r\ndata: 字é\r\n\r\nevent: error\rdata:x\rdata: y\r\rdata\n\nid: 3\n\ndata: end";
        let expected = [event("", "字é"), event("error", "x\ny"), event("", ""), event("", "end")];
        for step in 1..=stream.len() {
            assert_eq!(read(stream.as_bytes(), step), expected, "in steps of {step}");
        }
    }

    #[test]
    fn broken_bytes_stay_in_their_event() {
        let events = read(b"data: a\xffb\n\ndata: next\n\n", 3);
        assert_eq!(events[0].data, b"a\xffb");
        assert_eq!(events[1], event("", "next"));
    }

    #[test]
    fn an_error_field_is_an_error_event() {
        assert_eq!(read(b"error: {\"code\":500}\n\n", 100), [event("error", "{\"code\":500}")]);
    }
}
