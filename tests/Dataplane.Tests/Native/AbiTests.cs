using System.Diagnostics;
using System.Text;
using RustyRail.Dataplane.Native;

namespace Dataplane.Tests.Native;

public sealed class AbiTests
{
    [SkippableFact]
    public void Structures_and_constants_agree_with_the_c_headers()
    {
        Dictionary<string, ulong> ours = AbiTable.Expected();
        string directory = Directory.CreateTempSubdirectory("rrt-abi-").FullName;
        try
        {
            string source = Path.Combine(directory, "abi.c"), program = Path.Combine(directory, "abi");
            File.WriteAllText(source, CProgram(ours.Keys));
            Skip.IfNot(TryRun("gcc", ["--version"], out _), "gcc is not installed");
            Skip.IfNot(File.Exists("/usr/include/linux/if_xdp.h"), "the kernel headers (linux/if_xdp.h) are not installed");
            Assert.True(TryRun("gcc", ["-o", program, source], out string compiler), compiler);
            Assert.True(TryRun(program, [], out string output), output);

            List<string> wrong = [];
            foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = line.Split('\t');
                if (ours[parts[0]] != ulong.Parse(parts[1])) wrong.Add($"{parts[0]}: C has {parts[1]}, C# has {ours[parts[0]]}");
            }

            Assert.Empty(wrong);
            Assert.Equal(ours.Count, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string CProgram(IEnumerable<string> expressions)
    {
        StringBuilder c = new();
        string[] headers = ["stddef.h", "stdio.h", "fcntl.h", "poll.h", "sys/mman.h", "sys/socket.h", "netinet/in.h", "sys/eventfd.h", "sys/syscall.h", "sys/ioctl.h", "errno.h",
            "net/if.h", "net/if_arp.h", "linux/if_xdp.h", "linux/bpf.h", "linux/netlink.h", "linux/rtnetlink.h", "linux/if_link.h", "linux/if_tun.h",
            "linux/ethtool.h", "linux/sockios.h"];
        foreach (string header in headers) c.AppendLine($"#include <{header}>");
        c.AppendLine("#define member_size(type, member) sizeof(((type *)0)->member)");
        c.AppendLine("int main(void) {");
        foreach (string expression in expressions) c.AppendLine($"printf(\"%s\\t%llu\\n\", \"{expression}\", (unsigned long long)({expression}));");
        c.AppendLine("return 0; }");
        return c.ToString();
    }

    private static bool TryRun(string program, string[] arguments, out string output)
    {
        output = "";
        try
        {
            ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
