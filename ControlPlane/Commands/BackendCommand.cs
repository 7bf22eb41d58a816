using System.CommandLine;
using System.Globalization;
using System.Net;
using RustyRail.Contract;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Admin;

namespace RustyRail.ControlPlane.Commands;

/// <summary>Changes to single backends, at run time.</summary>
internal static class BackendCommand
{
    private static readonly Argument<string> Backend = new("backend") { Description = "POOL/NAME, or NAME alone where no other pool has one of that name" };
    private static readonly Argument<string> Address = new("address") { Description = "IP address of the server" };
    private static readonly Argument<int> Weight = new("weight") { Description = $"1 to {BackendSpec.MaxWeight}; the share of new flows is weight / sum of the pool's weights" };
    private static readonly Option<int?> FirstWeight = new("--weight") { Description = $"1 to {BackendSpec.MaxWeight} [default {BackendSpec.DefaultWeight}]", HelpName = "n" };

    public static Command Create()
    {
        Command command = new("backend", "Change one backend of the running instance");
        command.Add(Add());
        command.Add(Change("remove", "Take a backend away; its flows end (drain it first to keep them)", (client, backend, _, cancel) =>
            client.ChangeAsync(HttpMethod.Delete, AdminPaths.Of(AdminPaths.Backend, backend.Pool.Name, backend.Name), null, cancel)));
        command.Add(Change("drain", "Keep a backend's flows and give it no new ones", (client, backend, _, cancel) => SetStateAsync(client, backend, BackendState.Draining, cancel)));
        command.Add(Change("enable", "Give a drained backend new flows again", (client, backend, _, cancel) => SetStateAsync(client, backend, BackendState.Active, cancel)));
        Command weight = Change("weight", "Change a backend's share of new flows", (client, backend, parsed, cancel) =>
            client.ChangeAsync(
                HttpMethod.Put,
                AdminPaths.Of(AdminPaths.BackendWeight, backend.Pool.Name, backend.Name),
                AdminClient.Body(new NewWeight(CheckedWeight(parsed.GetRequiredValue(Weight))), AdminJson.Default.NewWeight),
                cancel));
        weight.Add(Weight);
        command.Add(weight);
        return command;
    }

    private static Command Add()
    {
        Argument<string> name = new("backend") { Description = "POOL/NAME, or NAME alone where there is one pool" };
        Command command = new("add", "Add a backend to a pool");
        command.Add(name);
        command.Add(Address);
        command.Add(FirstWeight);
        command.SetAction(async (parsed, cancel) =>
        {
            if (!AddressText.TryParse(parsed.GetRequiredValue(Address), out IPAddress address)) throw new OperatorException($"\"{parsed.GetRequiredValue(Address)}\" is not an IP address");
            int? weight = parsed.GetValue(FirstWeight) is { } given ? CheckedWeight(given) : null;
            using AdminClient client = new(parsed.ChosenStateDirectory());
            BackendId backend = await BackendNames.ForNewAsync(client, parsed.GetRequiredValue(name), cancel);
            NewBackend body = new(backend.Pool.Name, backend.Name, address.ToString(), weight);
            ChangeAccepted accepted = await client.ChangeAsync(HttpMethod.Post, AdminPaths.Backends, AdminClient.Body(body, AdminJson.Default.NewBackend), cancel);
            Report(parsed, backend, accepted);
            return ExitCode.Well;
        });
        return command;
    }

    private static Command Change(
        string name, string description, Func<AdminClient, BackendId, ParseResult, CancellationToken, Task<ChangeAccepted>> change)
    {
        Command command = new(name, description);
        command.Add(Backend);
        command.SetAction(async (parsed, cancel) =>
        {
            using AdminClient client = new(parsed.ChosenStateDirectory());
            BackendId backend = await BackendNames.OfExistingAsync(client, parsed.GetRequiredValue(Backend), cancel);
            Report(parsed, backend, await change(client, backend, parsed, cancel));
            return ExitCode.Well;
        });
        return command;
    }

    private static Task<ChangeAccepted> SetStateAsync(AdminClient client, BackendId backend, BackendState state, CancellationToken cancel) =>
        client.ChangeAsync(
            HttpMethod.Put,
            AdminPaths.Of(AdminPaths.BackendState, backend.Pool.Name, backend.Name),
            AdminClient.Body(new NewState(SpecificationWords.States.WordOf(state)), AdminJson.Default.NewState),
            cancel);

    private static int CheckedWeight(int weight) =>
        weight is >= 1 and <= BackendSpec.MaxWeight ? weight : throw new OperatorException($"weight {weight.ToString(CultureInfo.InvariantCulture)} is not from 1 to {BackendSpec.MaxWeight}");

    private static void Report(ParseResult parsed, BackendId backend, ChangeAccepted accepted) =>
        parsed.InvocationConfiguration.Output.WriteLine($"{backend}: {parsed.CommandResult.Command.Name} done{Acceptance.Text(accepted)}");
}
