using Microsoft.Data.Sqlite;
using RustyRail.Actors.Catalogue.Durable;
using RustyRail.Actors.Catalogue.Replication;
using RustyRail.Contract;
using RustyRail.Contract.Specification;

namespace RustyRail.Actors.Tests.Catalogue;

public sealed class CatalogueStoreTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.Catalogue;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_was_accepted_is_there_after_reopening_and_goes_once_its_row_has_it()
    {
        using (CatalogueStore store = CatalogueStore.Open(Path))
        {
            store.Accept("catalogue/pool/web", Edit(1));
            store.Accept("catalogue/pool/web", Edit(2));
        }

        using (CatalogueStore store = CatalogueStore.Open(Path))
        {
            Assert.Equal([Edit(1), Edit(2)], store.UnsettledEdits().Select(edit => edit.Value));
            store.Save([(new StoredEntry("catalogue/pool/web", 12, "P", [1, 2, 3]), Edit(1))]);
        }

        using CatalogueStore again = CatalogueStore.Open(Path);
        Assert.Equal([Edit(2)], again.UnsettledEdits().Select(edit => edit.Value));
        StoredEntry row = Assert.Single(again.LoadEntries());
        Assert.Equal((12, "P", "010203"), (row.SerializerId, row.Manifest, Convert.ToHexString(row.Payload)));
    }

    [Theory]
    [InlineData("not SQLite", "is damaged or not a catalogue (not an SQLite file)")]
    [InlineData("empty", "is empty, so it was cut off")]
    [InlineData("cut in half", "is damaged")]
    [InlineData("header only", "is damaged")]
    [InlineData("newer", "was written by a newer rustyrail (version 4; this program knows up to 3)")]
    [InlineData("other database", "is an SQLite file, but not a catalogue")]
    [InlineData("no tables", "is damaged (SQLite Error 1: 'no such table: schema'.)")]
    [InlineData("changed value", "is damaged (the checksum of \"catalogue\" does not match)")]
    [InlineData("changed edit", "is damaged (the checksum of \"catalogue\" does not match)")]
    [InlineData("broken page", "is damaged")]
    [InlineData("directory", "is a directory")]
    public void A_file_that_cannot_be_used_is_refused_with_one_line_naming_it(string fault, string reason)
    {
        FilledStore();
        Damage(fault);

        string message = Assert.Throws<CatalogueStoreException>(() => CatalogueStore.Open(Path).Dispose()).Message;

        Assert.StartsWith($"catalogue {Path}: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Single(message.Split('\n'));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_file_of_an_older_version_is_taken_and_from_then_on_is_of_this_one(int version)
    {
        FilledStore();
        Sql($"UPDATE schema SET version = {version}");

        using (CatalogueStore store = CatalogueStore.Open(Path)) Assert.Equal(Edit(1), Assert.Single(store.UnsettledEdits()).Value);

        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        Assert.Equal(3, connection.Number("SELECT version FROM schema"));
    }

    [Fact]
    public void A_directory_that_cannot_be_made_is_refused_with_one_line()
    {
        string file = System.IO.Path.Combine(_scratch.Path, "file");
        File.WriteAllText(file, "");

        string message = Assert.Throws<CatalogueStoreException>(() => CatalogueStore.Open($"{file}/catalogue.db")).Message;

        Assert.StartsWith($"catalogue {file}/catalogue.db: ", message, StringComparison.Ordinal);
        Assert.Single(message.Split('\n'));
    }

    [SkippableFact]
    public void A_file_system_on_which_nothing_can_be_written_is_refused_with_one_line_and_left_as_it_was()
    {
        using var disk = new TinyDisk();
        Skip.IfNot(disk.IsMounted, "a tmpfs cannot be mounted here (root?)");
        string path = System.IO.Path.Combine(disk.Path, "catalogue.db");

        disk.Fill();
        string full = Assert.Throws<CatalogueStoreException>(() => CatalogueStore.Open(path)).Message;
        Assert.Single(Directory.GetFiles(disk.Path));
        disk.Free();
        CatalogueStore.Open(path).Dispose();
        disk.MakeReadOnly();
        string readOnly = Assert.Throws<CatalogueStoreException>(() => CatalogueStore.Open(path)).Message;

        Assert.Equal($"catalogue {path}: cannot grow: no space left on the device", full);
        Assert.Equal($"catalogue {path}: cannot be locked for writing (read-only file system?)", readOnly);
    }

    [Fact]
    public void A_second_owner_is_refused_while_the_first_has_it()
    {
        using CatalogueStore first = CatalogueStore.Open(Path);

        string message = Assert.Throws<CatalogueStoreException>(() => CatalogueStore.Open(Path)).Message;

        Assert.Equal($"catalogue {Path}: is in use by another process", message);
    }

    [Fact]
    public void An_edit_for_which_there_is_no_room_leaves_nothing_behind()
    {
        using CatalogueStore store = CatalogueStore.Open(Path, maxPages: 12);
        int accepted = 0;
        void AcceptUntilFull()
        {
            for (; accepted < 10_000; accepted++) store.Accept("catalogue", Edit(accepted + 1));
        }

        string message = Assert.Throws<CatalogueStoreException>(AcceptUntilFull).Message;

        Assert.Equal($"catalogue {Path}: cannot grow: no space left on the device", message);
        Assert.True(accepted > 0);
        Assert.Equal(accepted, store.UnsettledEdits().Count);
        store.Dispose();
        using CatalogueStore again = CatalogueStore.Open(Path);
        Assert.Equal(accepted, again.UnsettledEdits().Count);
    }

    [Fact]
    public void Wherever_a_crash_cuts_the_log_each_edit_is_there_whole_or_not_at_all_and_in_order()
    {
        string copy = System.IO.Path.Combine(_scratch.Path, "copy.db");
        using CatalogueStore store = CatalogueStore.Open(Path);
        for (int n = 1; n <= 20; n++) store.Accept("catalogue", Edit(n));
        byte[] log = File.ReadAllBytes(Path + "-wal");
        var counts = new SortedSet<int>();

        for (int length = 0; length <= log.Length; length += 509)
        {
            File.Copy(Path, copy, overwrite: true);
            File.WriteAllBytes(copy + "-wal", log[..length]);
            using CatalogueStore crashed = CatalogueStore.Open(copy);
            int count = crashed.UnsettledEdits().Count;
            Assert.Equal(Enumerable.Range(1, count).Select(Edit), crashed.UnsettledEdits().Select(edit => edit.Value));
            counts.Add(count);
        }

        Assert.Equal(0, counts.Min);
        Assert.True(counts.Count > 15, string.Join(' ', counts));
    }

    private static CatalogueEntries Edit(int n) => CatalogueEntries.Of(
        [new(EntryId.Of(new BackendId(Samples.Web, $"server{n}")), Entry.Added(new Stamp(n, "lb1"), new BackendEntry(Samples.Backend($"server{n}", n))))]);

    private void FilledStore()
    {
        using CatalogueStore store = CatalogueStore.Open(Path);
        var random = new Random(1);
        for (int n = 0; n < 40; n++)
        {
            byte[] payload = new byte[1000];
            random.NextBytes(payload);
            store.Save([(new StoredEntry($"catalogue/pool/{n}", 12, "P", payload), null)]);
        }

        store.Save([(new StoredEntry("catalogue", 12, "P", "the payload of the root key"u8.ToArray()), null)]);
        store.Accept("catalogue", Edit(1));
    }

    private void Damage(string fault)
    {
        byte[] bytes = File.ReadAllBytes(Path);
        switch (fault)
        {
            case "not SQLite": File.WriteAllText(Path, "Lorem ipsum dolor sit amet, this is no database at all. " + new string('x', 4096)); break;
            case "empty": File.WriteAllBytes(Path, []); break;
            case "cut in half": File.WriteAllBytes(Path, bytes[..(bytes.Length / 2)]); break;
            case "header only": File.WriteAllBytes(Path, bytes[..100]); break;
            case "newer": Sql("UPDATE schema SET version = 4"); break;
            case "other database": Sql("PRAGMA application_id = 7"); break;
            case "no tables": Sql("DROP TABLE schema"); break;
            case "changed value": Sql("UPDATE entry SET payload = x'00' WHERE key = 'catalogue'"); break;
            case "changed edit": Sql("UPDATE edit SET payload = x'00'"); break;
            case "broken page":
                for (int at = 4096 * 5; at < (4096 * 5) + 2000; at++) bytes[at] ^= 0x5A;
                File.WriteAllBytes(Path, bytes);
                break;
            case "directory":
                File.Delete(Path);
                Directory.CreateDirectory(System.IO.Path.Combine(Path, "inside"));
                break;
        }
    }

    private void Sql(string statement)
    {
        using SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        connection.Execute(statement);
    }
}
