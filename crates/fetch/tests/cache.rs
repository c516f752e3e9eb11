//! The cache on disk, through its public door: what it keeps and for how long,
//! and that neither damage nor other processes nor a sudden end harm it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests may panic, as tests do")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use certlens_fetch::cache::{
    Cache, CacheError, Config, Content, Digest, NEGATIVE_SECONDS, NotKept, Stored, UNDATED_SECONDS,
};
use certlens_fetch::{Failure, Request, Stage, What};

const NOW: i64 = 1_764_000_000;
const HOUR: i64 = 3_600;

fn crl(url: &str) -> Request {
    Request { url: url.to_owned(), what: What::Crl }
}

/// The circumstances of failures; which is of no concern to the cache.
fn under() -> Digest {
    Digest::of(b"this test")
}

fn failure() -> Failure {
    Failure {
        stage: Stage::Connect,
        cause: "connection-refused",
        message: "crl.example:80 refused the connection".to_owned(),
        hint: "open it".to_owned(),
        winhttp: Some(12029),
        cannot_tell: false,
    }
}

struct Fixture {
    folder: tempfile::TempDir,
    cache: Cache,
}

impl Fixture {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::at(folder.path().join("certlens"));
        change(&mut config);
        Fixture { folder, cache: Cache::open(config) }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("certlens")
    }

    fn put(&self, url: &str, octets: &[u8], now: i64) {
        let stored = self.cache.put(&crl(url), octets, &[], Some(now + HOUR), now).unwrap();
        assert_eq!(stored, Stored::Until(now + HOUR));
    }

    fn octets(&self, url: &str, now: i64) -> Option<Vec<u8>> {
        Some(self.cache.get(&crl(url), now)?.outcome.unwrap().octets)
    }
}

/// All plain files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found.sort();
    found
}

fn only_file(folder: &Path) -> PathBuf {
    let found = files(folder);
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

#[test]
fn an_answer_comes_back_until_it_expires() {
    let it = Fixture::new();
    assert_eq!(it.cache.get(&crl("http://h/"), NOW), None);
    assert!(!it.root().exists(), "reading creates nothing");
    let headers = [("Content-Type".to_owned(), "application/pkix-crl".to_owned())];
    it.cache.put(&crl("http://h/"), b"octets", &headers, Some(NOW + HOUR), NOW).unwrap();
    let cached = it.cache.get(&crl("http://h/"), NOW + HOUR - 1).unwrap();
    assert_eq!((cached.stored, cached.expires), (NOW, NOW + HOUR));
    let answer = cached.outcome.unwrap();
    assert_eq!(answer.octets, b"octets");
    assert_eq!(answer.headers, [("content-type".to_owned(), "application/pkix-crl".to_owned())]);
    assert_eq!(it.cache.get(&crl("http://h/"), NOW + HOUR), None, "nextUpdate");
    assert_eq!(it.cache.get(&crl("http://h/"), NOW - 1), None, "stored in the future");
    // Another process sees the same.
    let other = Cache::open(Config::at(it.root()));
    assert!(other.get(&crl("http://h/"), NOW).is_some());
}

#[test]
fn requests_are_told_apart() {
    let it = Fixture::new();
    let ocsp = |encoded: &[u8]| Request { url: "http://h/".to_owned(), what: What::Ocsp(encoded.to_vec()) };
    let issuers = Request { url: "http://h/".to_owned(), what: What::Certificates };
    it.put("http://h/", b"crl", NOW);
    it.cache.put(&ocsp(b"1"), b"good", &[], None, NOW).unwrap();
    it.cache.put(&issuers, b"certificate", &[], None, NOW).unwrap();
    let octets = |request: &Request| it.cache.get(request, NOW).map(|cached| cached.outcome.unwrap().octets);
    assert_eq!(octets(&crl("http://h/")).as_deref(), Some(&b"crl"[..]));
    assert_eq!(octets(&ocsp(b"1")).as_deref(), Some(&b"good"[..]));
    assert_eq!(octets(&issuers).as_deref(), Some(&b"certificate"[..]));
    assert_eq!(octets(&ocsp(b"2")), None);
}

#[test]
fn http_freshness_counts_too() {
    let it = Fixture::new();
    let put = |name: &str, value: &str, until: Option<i64>| {
        let headers = [(name.to_owned(), value.to_owned())];
        it.cache.put(&crl("http://h/"), b"x", &headers, until, NOW).unwrap()
    };
    assert_eq!(put("Cache-Control", "max-age=60", Some(NOW + HOUR)), Stored::Until(NOW + 60));
    assert!(it.cache.get(&crl("http://h/"), NOW + 59).is_some());
    assert!(it.cache.get(&crl("http://h/"), NOW + 60).is_none());
    // NOW is Mon, 24 Nov 2025 16:00:00 GMT.
    assert_eq!(put("Expires", "Mon, 24 Nov 2025 16:00:30 GMT", None), Stored::Until(NOW + 30));
    assert_eq!(put("X", "y", None), Stored::Until(NOW + UNDATED_SECONDS));
    // What is not to be kept does not leave the older answer behind either.
    assert_eq!(put("Cache-Control", "no-store", None), Stored::NotKept(NotKept::NoStore));
    assert!(it.cache.get(&crl("http://h/"), NOW).is_none());
}

#[test]
fn failures_are_remembered_for_seconds_and_never_hide_an_answer() {
    let it = Fixture::new();
    let request = crl("http://h/");
    assert_eq!(
        it.cache.put_failure(&request, &failure(), under(), NOW).unwrap(),
        Stored::Until(NOW + NEGATIVE_SECONDS)
    );
    let cached = it.cache.get(&request, NOW + NEGATIVE_SECONDS - 1).unwrap();
    assert_eq!(cached.outcome.unwrap_err().to_failure(&["connection-refused"]), Some(failure()));
    assert_eq!(it.cache.get(&request, NOW + NEGATIVE_SECONDS), None);

    it.put("http://h/", b"answer", NOW);
    assert_eq!(it.cache.put_failure(&request, &failure(), under(), NOW).unwrap(), Stored::AnswerHolds);
    assert_eq!(it.octets("http://h/", NOW).as_deref(), Some(&b"answer"[..]));
    // Once it has expired the failure counts, and the next answer ends that.
    it.cache.put_failure(&request, &failure(), under(), NOW + HOUR).unwrap();
    assert!(it.cache.get(&request, NOW + HOUR).unwrap().outcome.is_err());
    it.put("http://h/", b"newer", NOW + HOUR + 1);
    assert_eq!(it.octets("http://h/", NOW + HOUR + 1).as_deref(), Some(&b"newer"[..]));
}

#[test]
fn damage_is_noticed_and_mended() {
    let it = Fixture::new();
    let objects = it.root().join("objects");
    let changes: [fn(&mut Vec<u8>); 3] =
        [|octets| octets[3] ^= 0x10, |octets| octets.truncate(2), |octets| octets.push(0)];
    for change in changes {
        it.put("http://h/", b"octets", NOW);
        let path = only_file(&objects);
        let mut octets = fs::read(&path).unwrap();
        change(&mut octets);
        fs::write(&path, octets).unwrap();
        assert_eq!(it.octets("http://h/", NOW), None);
    }
    it.put("http://h/", b"octets", NOW);
    assert_eq!(it.octets("http://h/", NOW).as_deref(), Some(&b"octets"[..]));
    fs::remove_dir_all(&objects).unwrap();
    assert_eq!(it.octets("http://h/", NOW), None);
    it.put("http://h/", b"octets", NOW);
    assert!(it.octets("http://h/", NOW).is_some());
}

#[test]
fn torn_and_foreign_records_are_no_records() {
    let it = Fixture::new();
    it.put("http://h/1", b"1", NOW);
    let first = only_file(&it.root().join("entries"));
    let whole = fs::read(&first).unwrap();
    it.put("http://h/2", b"2", NOW);
    let second = files(&it.root().join("entries")).into_iter().find(|path| *path != first).unwrap();
    for content in [&whole[..whole.len() / 2], b"", b"something else\n", &[0xff; 100_000]] {
        fs::write(&first, content).unwrap();
        assert_eq!(it.octets("http://h/1", NOW), None);
        assert_eq!(it.cache.list().unwrap().len(), 1);
    }
    // A genuine record under another's name.
    fs::write(&second, &whole).unwrap();
    assert_eq!(it.octets("http://h/2", NOW), None);
    it.put("http://h/1", b"1", NOW);
    it.put("http://h/2", b"2", NOW);
    assert_eq!(it.octets("http://h/1", NOW).as_deref(), Some(&b"1"[..]));
    assert_eq!(it.octets("http://h/2", NOW).as_deref(), Some(&b"2"[..]));
}

#[test]
fn what_was_stored_first_is_evicted_first() {
    let it = Fixture::with(|config| config.max_octets = 10_000);
    let url = |number: i64| format!("http://h/{number}");
    for number in 0..30 {
        it.put(&url(number), &[number as u8; 1_000], NOW + number);
    }
    let kept: Vec<i64> = (0..30).filter(|number| it.octets(&url(*number), NOW + 30).is_some()).collect();
    assert!((9..=10).contains(&kept.len()), "{kept:?}");
    assert_eq!(kept.last(), Some(&29));
    assert_eq!(kept, (30 - kept.len() as i64..30).collect::<Vec<_>>());
    assert_eq!(files(&it.root().join("objects")).len(), kept.len());
    // The whole bound for one answer, and too much for it.
    it.put("http://h/large", &[0; 10_000], NOW + 31);
    assert!(it.octets("http://h/large", NOW + 31).is_some());
    let too_large = it.cache.put(&crl("http://h/larger"), &[0; 10_001], &[], None, NOW + 32).unwrap();
    assert_eq!(too_large, Stored::NotKept(NotKept::TooLarge));
}

#[test]
fn records_are_counted_too() {
    let it = Fixture::with(|config| config.max_entries = 20);
    for number in 0..50 {
        it.cache.put_failure(&crl(&format!("http://h/{number}")), &failure(), under(), NOW).unwrap();
        assert!(files(&it.root().join("entries")).len() <= 20);
    }
}

#[test]
fn remains_are_swept_when_they_are_old() {
    let it = Fixture::new();
    it.put("http://h/old", b"old", NOW);
    let temporary = it.root().join("objects").join("00").join("tmp-0123456789abcdef");
    fs::create_dir_all(temporary.parent().unwrap()).unwrap();
    let foreign = it.root().join("entries").join("README");
    for path in [&temporary, &foreign] {
        fs::write(path, b"left over").unwrap();
    }
    it.put("http://h/old", b"new", NOW + 1);
    assert_eq!(files(&it.root().join("objects")).len(), 3, "a writer may still be at it");
    // The next process to store, years later.
    let later = 4_000_000_000;
    let next = Cache::open(Config::at(it.root()));
    next.put(&crl("http://h/new"), b"now", &[], None, later).unwrap();
    only_file(&it.root().join("objects"));
    assert!(foreign.exists());
    assert_eq!(next.list().unwrap().len(), 1);
}

#[test]
fn records_are_listed_found_read_and_deleted() {
    let it = Fixture::new();
    it.put("http://user:secret@h/b", b"same", NOW);
    it.put("http://h/a", b"same", NOW);
    it.cache.put_failure(&crl("http://h/c"), &failure(), under(), NOW).unwrap();
    for path in files(&it.root()) {
        assert!(!String::from_utf8_lossy(&fs::read(path).unwrap()).contains("secret"));
    }
    let list = it.cache.list().unwrap();
    let urls: Vec<&str> = list.iter().map(|entry| entry.url.as_str()).collect();
    assert_eq!(urls, ["http://h/a", "http://h/b", "http://h/c"]);
    assert!(matches!(list[2].content, Content::Failure(_)));
    assert_eq!(it.cache.read(&list[2]), None);
    let found = it.cache.find("http://user:other@h/b").unwrap();
    assert_eq!(found, [list[1].clone()]);
    let digits = list[0].id.to_string();
    assert_eq!(it.cache.find(&digits[..8]).unwrap(), [list[0].clone()]);
    assert_eq!(it.cache.find(&digits[..5]).unwrap(), []);

    // The object stays as long as another record needs it.
    assert!(it.cache.delete(list[0].id).unwrap());
    assert!(!it.cache.delete(list[0].id).unwrap());
    assert_eq!(it.cache.read(&list[1]).unwrap().octets, b"same");
    assert!(it.cache.delete(list[1].id).unwrap());
    assert!(files(&it.root().join("objects")).is_empty());
    assert!(it.cache.delete(list[2].id).unwrap());
    assert_eq!(it.cache.list().unwrap(), []);
}

#[test]
fn clearing_takes_nothing_that_is_not_the_cache_s() {
    let it = Fixture::new();
    assert_eq!(it.cache.clear().unwrap().entries, 0);
    it.put("http://h/a", b"12345", NOW);
    it.cache.put_failure(&crl("http://h/b"), &failure(), under(), NOW).unwrap();
    let foreign =
        [it.root().join("mine.txt"), it.root().join("objects").join("mine"), it.root().join("entries").join("x")];
    for path in &foreign {
        fs::write(path, b"").unwrap();
    }
    let cleared = it.cache.clear().unwrap();
    assert_eq!((cleared.entries, cleared.octets), (2, 5));
    let mut left = foreign.to_vec();
    left.sort();
    assert_eq!(files(&it.root()), left);
    it.put("http://h/a", b"12345", NOW);
    assert!(it.octets("http://h/a", NOW).is_some());
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out_of_the_cache() {
    use std::os::unix::fs::symlink;
    let it = Fixture::new();
    it.put("http://h/a", b"12345", NOW);
    let outside = tempfile::tempdir().unwrap();
    // A folder outside, with a file of a name that the cache would give.
    let object = only_file(&it.root().join("objects"));
    let bystander = outside.path().join(object.file_name().unwrap());
    fs::write(&bystander, b"12345").unwrap();
    let folder = object.parent().unwrap();
    fs::remove_dir_all(folder).unwrap();
    symlink(outside.path(), folder).unwrap();
    let stored = it.cache.put(&crl("http://h/a"), b"12345", &[], None, NOW);
    assert!(matches!(stored, Err(CacheError::NotAFolder { .. })), "{stored:?}");
    it.cache.clear().unwrap();
    assert!(bystander.exists());
    assert_eq!(files(outside.path()).len(), 1);
    // Nor does a pipe in the place of a record hold anyone up.
    fs::remove_file(folder).unwrap();
    it.put("http://h/a", b"12345", NOW);
    let record = only_file(&it.root().join("entries"));
    fs::remove_file(&record).unwrap();
    if Command::new("mkfifo").arg(&record).status().is_ok_and(|status| status.success()) {
        assert_eq!(it.octets("http://h/a", NOW), None);
        assert_eq!(it.cache.list().unwrap(), []);
    }
}

#[cfg(unix)]
#[test]
fn only_the_user_may_look() {
    use std::os::unix::fs::PermissionsExt;
    let it = Fixture::new();
    it.put("http://h/a", b"12345", NOW);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&it.root()), 0o700);
    assert_eq!(mode(&it.root().join("entries")), 0o700);
    assert_eq!(mode(&only_file(&it.root().join("objects"))), 0o600);
    assert_eq!(mode(&only_file(&it.root().join("entries"))), 0o600);
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error_and_no_more() {
    let it = Fixture::new();
    fs::write(it.root(), b"a file in the way").unwrap();
    let stored = it.cache.put(&crl("http://h/a"), b"x", &[], None, NOW);
    assert!(matches!(stored, Err(CacheError::Io { .. })), "{stored:?}");
    assert!(it.cache.put_failure(&crl("http://h/a"), &failure(), under(), NOW).is_err());
    assert_eq!(it.cache.get(&crl("http://h/a"), NOW), None);
    assert_eq!(it.cache.list().unwrap(), []);
    it.cache.clear().unwrap_err();
    assert_eq!(fs::read(it.root()).unwrap(), b"a file in the way");
    let unprintable = it.cache.put(&crl("http://h/\n"), b"x", &[], None, NOW);
    assert!(matches!(unprintable, Err(CacheError::Url)));
}

// What follows runs this test program again, as other processes.

const CHILD: &str = "CERTLENS_TEST_CACHE_CHILD";
const URLS: [&str; 3] = ["http://h/0", "http://h/1", "http://h/2"];

/// An answer that can be told from every mixture of two: a seed, then what follows
/// from it. Every fourth is long, for a process to be killed in the middle of writing it.
fn content(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let count = if seed.is_multiple_of(4) { 60_000 } else { 1_000 + seed % 5_000 };
    let words = (0..count).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state
    });
    [seed].into_iter().chain(words).flat_map(u64::to_be_bytes).collect()
}

fn assert_is_content(octets: &[u8]) {
    let seed = u64::from_be_bytes(octets[..8].try_into().unwrap());
    assert!(octets == content(seed), "an answer that nobody stored");
}

fn small(root: &Path) -> Cache {
    // Small enough that the processes evict all the time.
    let mut config = Config::at(root);
    config.max_octets = 1_300_000;
    Cache::open(config)
}

/// Whatever its writer was doing: a file that bears its last name is whole.
fn assert_all_is_whole(root: &Path, cache: &Cache) {
    let is_last = |path: &PathBuf| !path.file_name().unwrap().to_string_lossy().starts_with("tmp-");
    for path in files(&root.join("objects")).iter().filter(|path| is_last(path)) {
        let digest = Digest::of(&fs::read(path).unwrap()).to_string();
        assert!(path.ends_with(&digest), "{} is torn", path.display());
    }
    let records = files(&root.join("entries")).iter().filter(|path| is_last(path)).count();
    assert_eq!(cache.list().unwrap().len(), records, "a record is torn");
}

fn child(root: &Path, seed: u64, milliseconds: u64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_process", "--nocapture"])
        .env(CHILD, format!("{seed} {milliseconds} {}", root.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Does nothing unless started by the tests below: then it stores and reads in a loop.
#[test]
fn child_process() {
    let Ok(order) = std::env::var(CHILD) else { return };
    let mut order = order.splitn(3, ' ');
    let mut next = || order.next().unwrap();
    let (mut seed, milliseconds): (u64, u64) = (next().parse().unwrap(), next().parse().unwrap());
    let cache = small(Path::new(next()));
    let end = Instant::now() + Duration::from_millis(milliseconds);
    println!("\nready");
    while Instant::now() < end {
        seed += 1;
        let request = crl(URLS[seed as usize % URLS.len()]);
        cache.put(&request, &content(seed), &[], None, NOW).unwrap();
        if seed.is_multiple_of(7) {
            cache.put_failure(&crl(URLS[seed as usize % 2]), &failure(), under(), NOW).unwrap();
        }
        if seed.is_multiple_of(101) {
            cache.clear().unwrap();
        }
        for url in URLS {
            if let Some(Ok(answer)) = cache.get(&crl(url), NOW).map(|cached| cached.outcome) {
                assert_is_content(&answer.octets);
            }
        }
    }
}

#[test]
fn processes_that_store_the_same_at_once_do_no_harm() {
    let it = Fixture::new();
    // Two with the same seed store the same objects, too.
    let children: Vec<Child> = [1, 1, 1_000_000, 2_000_000].map(|seed| child(&it.root(), seed, 2_500)).into();
    let cache = small(&it.root());
    let mut seen = 0;
    let end = Instant::now() + Duration::from_millis(2_000);
    while Instant::now() < end {
        for url in URLS {
            if let Some(Ok(answer)) = cache.get(&crl(url), NOW).map(|cached| cached.outcome) {
                assert_is_content(&answer.octets);
                seen += 1;
            }
        }
    }
    for mut child in children {
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().success(), "{said}");
    }
    assert!(seen > 100, "only {seen} answers were seen");
    cache.put(&crl(URLS[0]), &content(5), &[], None, NOW).unwrap();
    assert_eq!(cache.get(&crl(URLS[0]), NOW).unwrap().outcome.unwrap().octets, content(5));
}

#[test]
fn a_process_killed_at_any_moment_leaves_a_usable_cache() {
    let it = Fixture::new();
    let mut random = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
    let mut answers = 0;
    for round in 0..60u64 {
        let mut child = child(&it.root(), round * 1_000, 60_000);
        // Until it says that it is about to begin.
        let mut said = Vec::new();
        let mut output = child.stdout.take().unwrap();
        while !said.ends_with(b"\nready\n") {
            let mut octet = [0];
            assert_eq!(output.read(&mut octet).unwrap(), 1, "the child died early");
            said.push(octet[0]);
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        std::thread::sleep(Duration::from_micros((random >> 33) % 25_000));
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success());

        let cache = small(&it.root());
        assert_all_is_whole(&it.root(), &cache);
        for url in URLS {
            if let Some(Ok(answer)) = cache.get(&crl(url), NOW).map(|cached| cached.outcome) {
                assert_is_content(&answer.octets);
                answers += 1;
            }
        }
        let mine = content(u64::MAX - round);
        cache.put(&crl(URLS[0]), &mine, &[], None, NOW).unwrap();
        assert_eq!(cache.get(&crl(URLS[0]), NOW).unwrap().outcome.unwrap().octets, mine);
        cache.list().unwrap();
    }
    assert!(answers > 20, "only {answers} answers survived");
    // Whatever the dead have left goes at the first sweep after an hour.
    let later = 4_000_000_000;
    small(&it.root()).put(&crl(URLS[0]), b"last", &[], None, later).unwrap();
    only_file(&it.root().join("objects"));
    only_file(&it.root().join("entries"));
}
