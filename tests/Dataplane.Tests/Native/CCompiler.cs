using System.Diagnostics;
using System.Text;

namespace Dataplane.Tests.Native;

/// <summary>Compiles a program that prints what C makes of the given expressions, and compares.</summary>
internal static class CCompiler
{
    /// <summary>Skips where there is no compiler.</summary>
    public static void AssertAgrees(Dictionary<string, ulong> ours, string[] headers, params string[] options)
    {
        Skip.IfNot(TryRun("gcc", ["--version"], out _), "gcc is not installed");
        string directory = Directory.CreateTempSubdirectory("rrt-abi-").FullName;
        try
        {
            string source = Path.Combine(directory, "abi.c"), program = Path.Combine(directory, "abi");
            File.WriteAllText(source, CProgram(ours.Keys, headers));
            Assert.True(TryRun("gcc", [.. options, "-o", program, source], out string compiler), compiler);
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

    private static string CProgram(IEnumerable<string> expressions, string[] headers)
    {
        StringBuilder c = new();
        foreach (string header in (string[])["stddef.h", "stdio.h", .. headers]) c.AppendLine($"#include <{header}>");
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
