using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using RustyRail.ControlPlane.Native;

namespace ControlPlane.Tests.Native;

/// <summary>Every constant and structure of the Native room against what the C compiler finds in the headers.</summary>
public sealed class AbiTests
{
    private static readonly string[] Headers =
        ["stddef.h", "stdio.h", "errno.h", "sys/socket.h", "linux/if.h", "linux/if_arp.h", "linux/netlink.h", "linux/rtnetlink.h", "linux/neighbour.h", "linux/if_link.h", "linux/ipv6.h"];

    [SkippableFact]
    public void Structures_and_constants_agree_with_the_c_headers()
    {
        Dictionary<string, ulong> ours = Expected();
        DirectoryInfo directory = Directory.CreateTempSubdirectory("rrt-abi-");
        try
        {
            string source = Path.Combine(directory.FullName, "abi.c"), program = Path.Combine(directory.FullName, "abi");
            File.WriteAllText(source, CProgram(ours.Keys));
            Skip.IfNot(TryRun("gcc", ["--version"], out _), "gcc is not installed");
            Skip.IfNot(File.Exists("/usr/include/linux/rtnetlink.h"), "the kernel headers (linux/rtnetlink.h) are not installed");
            Assert.True(TryRun("gcc", ["-o", program, source], out string compiler), compiler);
            Assert.True(TryRun(program, [], out string output), output);

            Dictionary<string, ulong> theirs = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t'))
                .ToDictionary(parts => parts[0], parts => ulong.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(ours, theirs);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static Dictionary<string, ulong> Expected()
    {
        Dictionary<string, ulong> expected = [];
        Type[] native = [.. typeof(RtnetlinkAbi).Assembly.GetTypes().Where(type => type.Namespace == typeof(RtnetlinkAbi).Namespace && !type.IsNested)];
        foreach (FieldInfo constant in native.SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static)).Where(field => field.IsLiteral))
            expected.Add($"({CType(constant.FieldType)}){constant.Name}", Convert.ToUInt64(constant.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture));

        foreach (Type type in native.Where(type => type.IsValueType && char.IsLower(type.Name[0])))
        {
            expected.Add($"sizeof(struct {type.Name})", (ulong)Marshal.SizeOf(type));
            foreach (FieldInfo field in type.GetFields())
            {
                expected.Add($"offsetof(struct {type.Name}, {field.Name})", (ulong)Marshal.OffsetOf(type, field.Name));
                expected.Add($"sizeof(((struct {type.Name} *)0)->{field.Name})", (ulong)Marshal.SizeOf(field.FieldType));
            }
        }

        Assert.True(expected.Count > 100);
        return expected;
    }

    private static string CType(Type type) => type == typeof(byte) ? "unsigned char" : type == typeof(ushort) ? "unsigned short" : "unsigned";

    private static string CProgram(IEnumerable<string> expressions)
    {
        StringBuilder c = new();
        foreach (string header in Headers) c.Append("#include <").Append(header).Append(">\n");
        c.Append("int main(void) {\n");
        foreach (string expression in expressions) c.Append($"printf(\"%s\\t%llu\\n\", \"{expression}\", (unsigned long long)({expression}));\n");
        return c.Append("return 0; }\n").ToString();
    }

    private static bool TryRun(string program, string[] arguments, out string output)
    {
        output = "";
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
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
