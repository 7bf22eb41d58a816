using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Netns.Tests.Lab;
using Netns.Tests.Traffic;
using Xunit.Abstractions;

namespace Netns.Tests;

/// <summary>Each mistake is refused with one line that names the thing, exit code 2, and leaves state, data and network as they were.</summary>
[Collection(OneLabAtATime.Name)]
public sealed class BadInputTests(ITestOutputHelper output)
{
    private const string Good = """
        { "pools": { "web": { "backends": [ { "name": "server1", "address": "192.168.137.11" } ] } },
          "services": [ { "name": "web", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "web" } ] }
        """;

    [SkippableFact]
    public void A_start_that_cannot_work_is_refused()
    {
        using TestBed bed = TestBed.Up("1", "--direct");
        string good = Write("good.json", Good);

        Refuse(["--device"], "rustyrail", "run", "--services", good);
        Refuse(["eth9"], "rustyrail", "run", "--device", "eth9", "--services", good);
        Refuse(["/nowhere/services.json"], "rustyrail", "run", "--device", "eth0", "--services", "/nowhere/services.json");
        Refuse(["RR_TARGET_IPS"], "env", "RR_DEVICE=eth0", "rustyrail");
        Refuse(["RR_TARGET_IPS", "192.0.2.300"], "env", "RR_DEVICE=eth0", "RR_TARGET_IPS=192.0.2.11;192.0.2.300", "rustyrail");
        Refuse(["wifi"], "rustyrail", "run", "--device", "eth0", "--services", good, "--port", "wifi");
        Refuse(["CAP_"], "setpriv", "--bounding-set=-all", "--inh-caps=-all", "rustyrail", "run", "--device", "eth0", "--services", good);
        Refuse(["/nowhere/node.json"], "rustyrail", "run", "--device", "eth0", "--config", "/nowhere/node.json", "--services", good);
    }

    [SkippableFact]
    public void A_mistake_in_services_json_is_named_with_file_and_line()
    {
        using TestBed bed = TestBed.Up("1", "--direct");

        RefuseServices(Good.Replace("192.168.137.11", "192.168.137.911", StringComparison.Ordinal), "bad.json:1", "192.168.137.911");
        RefuseServices(Good.Replace("\"port\": 80", "\"port\": 80, \"colour\": 1", StringComparison.Ordinal), "bad.json:2", "colour");
        RefuseServices(Good.Replace("192.168.137.11\" }", "192.168.137.11\" }, { \"name\": \"server1\", \"address\": \"192.168.137.12\" }", StringComparison.Ordinal), "bad.json:1", "server1");
        RefuseServices(Good.Replace("\"pool\": \"web\"", "\"pool\": \"web\", \"send\": \"vxlan\", \"vni\": 7", StringComparison.Ordinal), "bad.json:2", "innerDestinationMac");
        RefuseServices(Good.Replace("\"backends\"", "\"health\": { \"type\": \"grpc\", \"port\": 1 }, \"backends\"", StringComparison.Ordinal), "bad.json:1", "grpc");
        RefuseServices(Good.Replace("\"pool\": \"web\"", "\"pool\": \"wbe\"", StringComparison.Ordinal), "bad.json:2", "wbe");
        RefuseServices(Good[..^3], "bad.json");
        string many = string.Join(",\n", Enumerable.Range(0, 16385).Select(n => $$"""{ "name": "s{{n}}", "address": "10.{{20 + n / 65536}}.{{n / 256 % 256}}.{{n % 256}}" }"""));
        RefuseServices($$"""{ "pools": { "web": { "tableSize": 2097143, "backends": [ {{many}} ] } }, "services": [] }""", "16385", "16384");
    }

    [SkippableFact]
    public void A_state_directory_on_disk_is_refused()
    {
        using TestBed bed = TestBed.Up("1", "--direct");
        DriveInfo disk = new("/var/tmp");
        Skip.If(disk.DriveFormat == "tmpfs", "/var/tmp is tmpfs here: there is no disk to refuse");
        Refuse(["/var/tmp/rrt-state", "tmpfs"], "rustyrail", "run", "--device", "eth0", "--services", Write("good.json", Good), "--state-dir", "/var/tmp/rrt-state");
        Assert.False(Directory.Exists("/var/tmp/rrt-state"));
    }

    [SkippableFact]
    public void An_admin_port_in_use_is_refused()
    {
        using TestBed bed = TestBed.Up("1", "--direct");
        using Socket listener = TestBed.Inside("lb1", () =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 8080));
            socket.Listen();
            return socket;
        });
        Refuse(["8080"], "rustyrail", "run", "--device", "eth0", "--services", Write("good.json", Good));
    }

    [SkippableFact]
    public void A_corrupt_store_and_a_full_one_are_refused()
    {
        using TestBed bed = TestBed.Up("1", "--direct");
        string good = Write("good.json", Good);
        string store = TestBed.HostFile("lb1", "data/catalogue.db");
        File.WriteAllText(store, "SQLite format 4\0 this is not a database at all");
        Refuse([store], "rustyrail", "run", "--device", "eth0", "--services", good);
        Assert.StartsWith("SQLite format 4", File.ReadAllText(store));
        File.Delete(store);

        string data = TestBed.HostFile("lb1", "data");
        Refuse([data], "bash", "-c", $"mount -t tmpfs -o size=8k full {data} && exec rustyrail run --device eth0 --services {good}");
    }

    [SkippableFact]
    public void A_second_instance_and_a_foreign_region_are_refused()
    {
        using TestBed bed = TestBed.Up("1");
        BalancerStatus before = Balancer.Status();
        string other = Directory.CreateDirectory(TestBed.HostFile("lb1", "other")).FullName;
        Refuse(["eth0"], "rustyrail", "run", "--device", "eth0", "--state-dir", $"{other}", "--data-dir", $"{other}", "--admin", "http://127.0.0.1:8081", "--services", TestBed.HostFile("lb1", "lab-services.json"));
        Assert.Equal(before.DataplanePid, Balancer.Status().DataplanePid);

        TestBed.Lab("lb", "stop", "lb1").OrFail();
        string region = TestBed.HostFile("lb1", "run/dataplane.region");
        if (!File.Exists(region))
            File.WriteAllBytes(region, new byte[1 << 16]);
        using (FileStream file = File.Open(region, FileMode.Open))
        {
            byte[] version = new byte[4];
            BinaryPrimitives.WriteUInt32LittleEndian(version, 9999);
            file.Position = 8;
            file.Write(version);
        }
        Refuse([region], "rustyrail", "run", "--device", "eth0", "--services", TestBed.HostFile("lb1", "lab-services.json"));
    }

    [SkippableFact]
    public void A_refused_change_leaves_the_running_catalogue_as_it_was()
    {
        using TestBed bed = TestBed.Up("1");
        BalancerStatus before = Balancer.Status();
        Refuse(["server1"], "rustyrail", "backend", "add", "web/server1", "192.168.137.12");
        Refuse(["192.168.137.912"], "rustyrail", "backend", "add", "web/server2", "192.168.137.912");
        Refuse(["server7"], "rustyrail", "backend", "drain", "web/server7");
        Refuse(["70000"], "rustyrail", "backend", "weight", "web/server1", "70000");
        Refuse(["bad.json:2", "colour"], "rustyrail", "apply", Write("bad.json", Good.Replace("\"port\": 80", "\"port\": 80, \"colour\": 1", StringComparison.Ordinal)));
        BalancerStatus after = Balancer.Status();
        Assert.Equal((before.SpecDigest, before.TableDigest, before.Generation), (after.SpecDigest, after.TableDigest, after.Generation));
    }

    [SkippableFact]
    public void A_pool_without_backends_is_allowed_and_its_packets_are_counted()
    {
        using TestBed bed = TestBed.Up("1");
        Balancer.Run("apply", Write("empty.json", """
            { "pools": { "web": { "backends": [] } }, "services": [ { "name": "web", "vip": "10.1.0.1", "protocol": "tcp", "port": 80, "pool": "web" } ] }
            """)).OrFail();
        Eventually.Holds("its packets count as noBackend", TimeSpan.FromSeconds(10), () =>
        {
            TestBed.Inside("client1", () => HttpRequest.Get(connectMilliseconds: 50));
            return Balancer.Status().All.GetProperty("traffic").GetProperty("reasons").TryGetProperty("noBackend", out var count) && count.GetInt64() > 0;
        });
    }

    private void RefuseServices(string services, params string[] mentions) =>
        Refuse(mentions, "rustyrail", "run", "--device", "eth0", "--services", Write("bad.json", services));

    private void Refuse(string[] mentions, params string[] command)
    {
        string[] before = Files();
        Command refused = TestBed.Exec("lb1", command);
        string[] lines = refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        output.WriteLine($"{refused.ExitCode}: {refused.Errors.TrimEnd()}");
        Assert.True(refused.ExitCode == 2 && lines.Length == 1, $"'{refused.Line}' ended with {refused.ExitCode}, {lines.Length} lines: {refused.Output}{refused.Errors}");
        Assert.All(mentions, mention => Assert.Contains(mention, lines[0]));
        Assert.Equal(before, Files());
    }

    private static string Write(string name, string text)
    {
        string path = TestBed.HostFile("lb1", name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string[] Files() =>
        [.. ((string[])["run", "data"]).SelectMany(directory => Directory.GetFiles(TestBed.HostFile("lb1", directory), "*", SearchOption.AllDirectories)).Order()];
}
