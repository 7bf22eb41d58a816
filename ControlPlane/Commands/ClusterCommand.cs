using System.CommandLine;
using System.Globalization;
using RustyRail.ControlPlane.Admin;
using Spectre.Console;

namespace RustyRail.ControlPlane.Commands;

/// <summary>The cluster as the running instance sees it.</summary>
internal static class ClusterCommand
{
    private static readonly Argument<string> Node = new("node") { Description = "Its name in the list" };
    private static readonly Option<bool> Force = new("--force") { Description = "Also one that can be reached: it starts its actors anew and joins again" };

    public static Command Create()
    {
        Command command = new("cluster", "The nodes of the cluster, what each forwards by");
        command.Add(SharedOptions.Json);
        command.Add(Forget());
        command.SetAction(ListAsync);
        return command;
    }

    private static Command Forget()
    {
        Command command = new("forget", "A node does not come back: nobody waits for it any more");
        command.Add(Node);
        command.Add(Force);
        command.SetAction(ForgetAsync);
        return command;
    }

    public static void PrintMembers(ClusterStatus cluster, TextWriter output)
    {
        Table members = TextTable.Create("member", "status", "#generation", "spec", "table");
        foreach (MemberStatus member in cluster.Members)
        {
            members.Row(member.Node, member.Status, member.Generation.ToString(CultureInfo.InvariantCulture), member.SpecDigest, member.TableDigest);
        }

        members.Print(output);
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancel)
    {
        using AdminClient client = new(parsed.ChosenStateDirectory());
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(SharedOptions.Json)) await output.WriteLineAsync(await client.GetTextAsync(AdminPaths.Cluster, cancel));
        else PrintMembers(await client.GetAsync(AdminPaths.Cluster, AdminJson.Default.ClusterStatus, cancel), output);
        return ExitCode.Well;
    }

    private static async Task<int> ForgetAsync(ParseResult parsed, CancellationToken cancel)
    {
        using AdminClient client = new(parsed.ChosenStateDirectory());
        string node = parsed.GetRequiredValue(Node);
        string path = AdminPaths.ClusterNode.Replace("{node}", Uri.EscapeDataString(node), StringComparison.Ordinal) + (parsed.GetValue(Force) ? "?force=true" : "");
        await client.DeleteAsync(path, AdminJson.Default.ClusterStatus, cancel);
        await parsed.InvocationConfiguration.Output.WriteLineAsync($"{node}: forgotten");
        return ExitCode.Well;
    }
}
