use super::*;

fn failing(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn a_section_is_read_wherever_else_something_stands() {
    let text = r#"<?xml version="1.0" encoding="utf-8"?>
<!-- <system.net><defaultProxy enabled="false"/></system.net> -->
<configuration>
  <appSettings><add key="a" value="&lt;b&amp;"/></appSettings>
  <system.net>
    <settings/>
    <defaultProxy enabled="True" useDefaultCredentials=' false '>
      <proxy usesystemdefault="Unspecified" bypassonlocal="TRUE" proxyaddress="http://proxy:8080/?a&amp;b"/>
      <bypasslist>
        <add address="first"/><clear/><add address="[a-z]+\.a$"></add><add address="b"/><remove address="b"/>
      </bypasslist>
    </defaultProxy>
  </system.net>
</configuration>
"#;
    let section = read(text).unwrap();
    assert!(section.is_there && section.notes.is_empty());
    assert_eq!((section.enabled, section.use_default_credentials), (Some(true), Some(false)));
    assert_eq!((section.use_system_default, section.bypass_on_local), (None, Some(true)));
    let address = section.address.unwrap();
    assert_eq!((address.text.as_str(), address.at), ("http://proxy:8080/?a&b", Place { line: 8, column: 7 }));
    let bypass: Vec<&str> = section.bypass.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(bypass, [r"[a-z]+\.a$"]);
    // The same elsewhere is nothing.
    let section = read("<configuration><other><defaultProxy/></other></configuration>").unwrap();
    assert!(!section.is_there);
    let alone = read("<defaultProxy><proxy proxyaddress='http://a'/></defaultProxy>").unwrap();
    assert!(alone.is_there && alone.address.is_some());
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_what_was_expected() {
    for (text, expected) in [
        ("", "line 1, column 1: there is no element; <configuration> was expected"),
        ("\n <html/>", "line 2, column 2: the root element is <html>; <configuration> was expected"),
        ("<configuration>\n<system.net>", "line 2, column 1: the file ends within <system.net>, which begins here"),
        (
            "<configuration><System.Net/></configuration>",
            "line 1, column 16: there is <System.Net> where <system.net> was expected; .NET tells upper from lower case",
        ),
        (
            "<defaultProxy>\n<proxy proxyAddress='http://a'/></defaultProxy>",
            "line 2, column 1: there is proxyAddress of <proxy> where proxyaddress was expected; .NET tells upper from lower case",
        ),
        ("<defaultProxy enabled='yes'/>", "line 1, column 1: enabled is “yes”; true or false was expected"),
        (
            "<defaultProxy><proxy bypassonlocal='1'/></defaultProxy>",
            "line 1, column 15: bypassonlocal is “1”; true, false or unspecified was expected",
        ),
        (
            "<defaultProxy><bypasslist><add/></bypasslist></defaultProxy>",
            "line 1, column 27: <add> of the bypass list has no address; a regular expression was expected",
        ),
        ("<configuration/><a/>", "line 1, column 17: <a> stands behind the end of the root element"),
        ("<defaultProxy enabled='true' enabled='true'/>", "line 1, column 1: enabled of <defaultProxy> comes twice"),
    ] {
        assert_eq!(failing(text), expected, "{text}");
    }
    for (text, word) in [
        ("<configuration>\n</configuratoin>", "line 2, column 1: the XML is broken"),
        ("<configuration>\n<a", "line 2, column 1: the XML is broken"),
        ("<defaultProxy enabled=true/>", "an attribute of <defaultProxy> is broken"),
        ("<defaultProxy enabled='&unknown;'/>", "enabled of <defaultProxy> cannot be read"),
        (&"<a>".repeat(MAX_NESTING + 2).replacen("<a>", "<configuration>", 1), "MAX_NESTING"),
    ] {
        assert!(failing(text).contains(word), "{text}: {}", failing(text));
    }
    let twice = "<configuration><system.net><defaultProxy/><defaultProxy/></system.net></configuration>";
    assert!(failing(twice).contains("comes twice"));
    let noted = read("<defaultProxy><proxy address='x'/><proxies/></defaultProxy>").unwrap();
    assert_eq!(noted.notes.len(), 2, "{:?}", noted.notes);
}

/// Entities of the file's own are not known, and so are not expanded.
#[test]
fn hostile_files_cost_no_more_than_their_octets() {
    let laughs = "<!DOCTYPE c [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><defaultProxy enabled=\"&b;\"/>";
    assert!(failing(laughs).contains("cannot be read"));
    let started = std::time::Instant::now();
    let attributes: String = (0..80_000).map(|at| format!(" a{at}=''")).collect();
    let namespaces: String = (0..30).map(|at| format!("<a xmlns:n{at}='u'>")).collect();
    assert!(read(&format!("<defaultProxy{attributes}/>")).is_ok());
    assert!(read(&format!("<configuration>{}", namespaces.repeat(2))).is_err());
    let entries = "<add address='a'/><clear/>".repeat(30_000);
    assert!(read(&format!("<defaultProxy><bypasslist>{entries}</bypasslist></defaultProxy>")).is_ok());
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}
