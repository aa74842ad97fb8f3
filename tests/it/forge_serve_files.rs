//! Files that `trefoil forge serve` takes: what is kept, and what it costs.

use serde_json::json;

use crate::support::forge_service::Service;
use crate::support::memory;

#[test]
fn uploads_are_whole_or_not_there() {
    let service = Service::start(&[]);
    let home = service.home();
    let text = home.file("notes.txt", "some notes");
    let upload = service.forge(&["upload", text.to_str().expect("UTF-8"), "--ttl", "1m"]);
    let file = upload.run().done().json();
    assert_eq!((&file["size"], &file["ttl_secs"]), (&json!(10), &json!(60)));
    let token = file["file_token"].as_str().expect("a token");
    let shown = service.run("files", &json!({"files": [token]}));
    assert_eq!(shown.result(), json!(["document", "text"]));
    let other = service.mint("other", json!({}));
    let body = json!({"prompt": "files", "files": [token]});
    assert_eq!(
        service.ask_as(&other, "POST", "/run", Some(&body)).status,
        404
    );
    let zip = home.file("a.zip", b"PK\x03\x04\0\0");
    let refused = service.forge(&["run", "files", "-f", zip.to_str().expect("UTF-8")]);
    refused.run().exits(4).says(&["cannot be shown"]);
    let form = |content_type: &str, body: &str| {
        let request = format!(
            "POST /files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\
             Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            service.token,
            body.len()
        );
        service.send_bytes(request.as_bytes()).reply()
    };
    let kind = "multipart/form-data; boundary=b";
    let ttl = "--b\r\nContent-Disposition: form-data; name=\"ttl_secs\"\r\n\r\n";
    let content =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../x\"\r\n\r\nhi";
    for (body, status) in [
        (format!("{ttl}60\r\n{content}\r\n--b--\r\n"), 200),
        (format!("{content}\r\n--b--\r\n"), 200),
        (format!("{ttl}59\r\n{content}\r\n--b--\r\n"), 400),
        (format!("{content}\r\n{ttl}soon\r\n--b--\r\n"), 400),
        (format!("{ttl}60\r\n--b--\r\n"), 422),
        (content.to_owned(), 400),
        (format!("{content}\r\n{content}\r\n--b--\r\n"), 422),
    ] {
        assert_eq!(form(kind, &body).status, status, "{body:?}");
    }
    assert_eq!(form("application/json", "{}").status, 422);
    let files = std::fs::read_dir(service.state.join("files")).expect("there");
    assert_eq!(files.count(), 4, "what was refused is not kept");
}

#[test]
fn the_buffers_of_an_upload_are_used_again() {
    const MIB: u64 = 128;
    let mut service = Service::start(&[]);
    let home = service.home();
    let path = home.path().join("large.bin");
    let file = std::fs::File::create(&path).expect("a file");
    file.set_len(MIB << 20).expect("room");
    let pid = service.running().id();
    let mut faults = 0;
    // Of the first one, the program's own pages.
    for _ in 0..3 {
        let before = memory::page_faults(pid);
        let upload = service.forge(&["upload", path.to_str().expect("UTF-8")]);
        let uploaded = upload.run().done().json();
        assert_eq!(uploaded["size"], MIB << 20, "{uploaded}");
        faults = memory::page_faults(pid) - before;
    }
    // A buffer that is made anew for every piece has 256 a MiB. Before freed memory was kept, 8 to 80 a MiB were
    // seen; since then at most 2.
    assert!(faults < MIB * 4, "{faults} page faults for {MIB} MiB");
}
