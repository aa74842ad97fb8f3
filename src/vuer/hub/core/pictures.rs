//! Requests for pictures. Takes the request of a client; passes it on to a page, and gives the client the
//! page's answer, or the reason why there is none.

use bytes::Bytes;

use super::{Hub, Item, Kind, Number};
use crate::vuer::event::{Draft, Event, Pack, Value};
use crate::vuer::hub::plan::picture_request;

/// The limit of pictures that are requested at the same time.
const ASKED_MAX: usize = 100;

/// The etype of a request for a picture. This and the next two are our own: the servers of the
/// Python package do not know them.
pub const ASK_PICTURE: &str = "TREFOIL_GRAB";
/// The etype of the answer that the request has been passed on to a page.
pub const PICTURE_ASKED: &str = "TREFOIL_GRAB_ASKED";
/// The etype of the answer with the picture, or with the reason why there is none.
pub const PICTURE: &str = "TREFOIL_PICTURE";

impl Hub {
    /// Passes a request for a picture on to a page.
    pub(super) fn ask(&mut self, asker: Number, event: &Event<'_>, ts: u64) {
        let value = event.message().get("value");
        let fact = |name: &str| value.and_then(|value| value.get(name));
        let id = fact("id").map(|id| Bytes::copy_from_slice(id.bytes()));
        let id = id.unwrap_or_else(|| Bytes::from_static(b"\xc0"));
        let wanted = fact("client").and_then(Value::as_integer);
        let mut pages = self.clients.iter_mut().rev().filter(|(number, client)| {
            client.kind == Some(Kind::Page)
                && client.dismissed.is_none()
                && wanted.is_none_or(|wanted| wanted == i128::from(**number))
        });
        // Use the page that connected last: the earlier ones may be hidden.
        let Some((page, client)) = pages.next() else {
            let why = match wanted {
                Some(wanted) => format!("client {wanted} is not a connected page"),
                None => "no page is connected".to_owned(),
            };
            return self.no_picture(asker, &id, &why, ts);
        };
        let page = *page;
        if self.asked.len() >= ASKED_MAX {
            return self.no_picture(
                asker,
                &id,
                "too many pictures are requested at the same time",
                ts,
            );
        }
        self.pictures += 1;
        let rtype = format!("GRAB_RENDER_RESPONSE@trefoil-{}", self.pictures);
        let mut data = Pack::default();
        let settings = ["downsample", "quality", "width", "height", "format"];
        let given = || {
            settings
                .iter()
                .filter_map(|name| Some((*name, fact(name)?)))
        };
        data.map(given().count());
        for (name, value) in given() {
            data.text(name).value(value);
        }
        let uuid = format!("trefoil-{}", self.pictures);
        client.push(Item::Grab(picture_request(&uuid, &rtype, &data, ts)));
        let mut asked = Pack::default();
        asked.map(2).text("id").raw(&id);
        asked.text("client").integer(page.into());
        self.asked.insert(rtype, (asker, page, id));
        self.answer(asker, PICTURE_ASKED, &asked, ts);
    }

    pub(super) fn picture(
        &mut self,
        asker: Number,
        page: Number,
        id: &[u8],
        event: &Event<'_>,
        ts: u64,
    ) {
        let mut data = Pack::default();
        let client = self.clients.get(&page);
        let package = client.map_or("", |client| &client.package);
        let greeted = client.map_or(ts, |client| client.greeted);
        let age = ts.saturating_sub(greeted) as f64;
        data.map(5).text("id").raw(id).text("pkg").text(package);
        data.text("age").float(age);
        data.text("client").integer(page.into()).text("value");
        match event.message().get("value") {
            Some(value) => data.raw(value.bytes()),
            None => data.nil(),
        };
        self.answer(asker, PICTURE, &data, ts);
    }

    pub(super) fn no_picture(&mut self, asker: Number, id: &[u8], why: &str, ts: u64) {
        let mut data = Pack::default();
        data.map(2).text("id").raw(id).text("why").text(why);
        self.answer(asker, PICTURE, &data, ts);
    }

    fn answer(&mut self, asker: Number, etype: &str, data: &Pack, ts: u64) {
        let message = Draft::new(etype, ts).value("data", data.bytes()).finish();
        if let Some(client) = self.clients.get_mut(&asker) {
            client.push(Item::Message(message.into()));
        }
    }
}
