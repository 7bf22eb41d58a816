using System.Collections.Immutable;
using System.CommandLine;
using RustyRail.Contract.Specification;
using RustyRail.ControlPlane.Simulation;
using RustyRail.ControlPlane.Simulation.Events;
using RustyRail.ControlPlane.Simulation.Figures;

namespace RustyRail.ControlPlane.Commands;

/// <summary>What <c>simulate</c> can be asked, and whether it can be done.</summary>
internal static class SimulateOptions
{
    private const long MaxFlows = 100_000_000_000;

    private static readonly SimulationOptions Defaults = new();

    private static readonly Option<string?> Balancers = Text("--lbs", "n", $"Balancers [default {Defaults.Balancers}]");
    private static readonly Option<string?> Backends = Text("--backends", "n", $"Backends [default {Defaults.Backends}]");
    private static readonly Option<string?> Flows = Text("--flows", "n", "Flows that are open, as 100000000, 100M, 250k [default 100M]");
    private static readonly Option<string?> TableSize = Text("--table-size", "prime", $"Entries of the table [default {PoolSpec.DefaultTableSize}, or above 100 per backend]");
    private static readonly Option<string?> Buckets = Text("--buckets", "n", $"Buckets of a resilient router [default {Defaults.Buckets}]");
    private static readonly Option<string?> FlowTable = Text("--flow-table", "n", $"Flows that a balancer remembers [default {Defaults.FlowTableEntries}]");
    private static readonly Option<string?> Exceptions = Text("--exceptions", "n", $"Exceptions that a balancer can hold [default {Defaults.ExceptionEntries}]");
    private static readonly Option<string?> Ecmp = Text("--ecmp", "kinds", "Routers: modulo, threshold, resilient, or several as modulo,resilient [default modulo,resilient]");
    private static readonly Option<string[]> Events = new("--event")
    {
        HelpName = "event",
        Description = $"{EventScript.PresetNames}; or steps as drain-backend:10,kill-lb (then) or drain-backend+kill-lb (at once); may be repeated [default all by name]",
    };

    private static readonly Option<string?> Figure = Text("--figure", "number", "Instead of events: draw figure 9, 11 or 12 of the Maglev paper, its numbers beside ours");
    private static readonly Option<string?> Repeats = Text("--repeats", "n", "Trials of each point of a figure [default 1, 5, 200]");
    private static readonly Option<string?> Seed = Text("--seed", "n", "The same seed gives the same result [default 1]");
    private static readonly Option<string?> Plot = Text("--plot", "file", "Write a plot, as SVG");

    public static void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Balancers, Backends, Flows, TableSize, Buckets, FlowTable, Exceptions, Ecmp, Events, Figure, Repeats, Seed, Plot])
        {
            command.Add(option);
        }
    }

    public static SimulationOptions Read(ParseResult parsed)
    {
        SimulationOptions options = new()
        {
            Balancers = (int)Number(parsed, Balancers, Defaults.Balancers, 1, 100_000),
            Backends = (int)Number(parsed, Backends, Defaults.Backends, 1, 50_000),
            Flows = Number(parsed, Flows, Defaults.Flows, 1, MaxFlows),
            TableSize = (int)Number(parsed, TableSize, 0, SpecificationLimits.MinTableSize, SpecificationLimits.MaxTableSize),
            Buckets = (int)Number(parsed, Buckets, Defaults.Buckets, 1, 1 << 24),
            FlowTableEntries = Number(parsed, FlowTable, Defaults.FlowTableEntries, 0, MaxFlows),
            ExceptionEntries = Number(parsed, Exceptions, Defaults.ExceptionEntries, 0, MaxFlows),
            Seed = (int)Number(parsed, Seed, Defaults.Seed, 0, int.MaxValue),
        };
        if (options.TableSize != 0 && !Primes.IsPrime(options.TableSize)) throw new OperatorException($"--table-size {options.TableSize}: must be prime; the next one is {Primes.NextAfter(options.TableSize)}");
        if (options.Buckets < options.Balancers) throw new OperatorException($"--buckets {options.Buckets}: must be at least the number of balancers, {options.Balancers}");
        return options;
    }

    public static ImmutableArray<EventScript> ReadEvents(ParseResult parsed, SimulationOptions options)
    {
        if (parsed.GetValue(Events) is not { Length: > 0 } texts) return [.. EventScript.Presets.Where(preset => preset.Problem(options.Balancers, options.Backends) is null)];
        var scripts = ImmutableArray.CreateBuilder<EventScript>();
        foreach (string text in texts)
        {
            if (!EventScript.TryParse(text, out EventScript? script, out string problem)) throw new OperatorException($"--event {text}: {problem}");
            if (script.Problem(options.Balancers, options.Backends) is { } cannot) throw new OperatorException($"--event {text}: {cannot}");
            scripts.Add(script);
        }

        return scripts.ToImmutable();
    }

    public static ImmutableArray<EcmpKind> ReadEcmp(ParseResult parsed)
    {
        if (parsed.GetValue(Ecmp) is not { } text) return [EcmpKind.Modulo, EcmpKind.Resilient];
        var kinds = ImmutableArray.CreateBuilder<EcmpKind>();
        foreach (string word in text.Split(','))
        {
            EcmpKind[] named = [.. Enum.GetValues<EcmpKind>().Where(kind => kind.ToString().Equals(word, StringComparison.OrdinalIgnoreCase))];
            if (named.Length == 0) throw new OperatorException($"--ecmp {text}: \"{word}\" is none of modulo, threshold, resilient");
            kinds.AddRange(named);
        }

        return kinds.ToImmutable();
    }

    public static FigureDrawing? ReadFigure(ParseResult parsed)
    {
        if (parsed.GetValue(Figure) is not { } text) return null;
        if (parsed.GetResult(Events) is not null) throw new OperatorException("--figure and --event: one or the other");
        return FigureDrawing.All.FirstOrDefault(figure => $"{figure.Number}" == text)
            ?? throw new OperatorException($"--figure {text}: must be {string.Join(", ", FigureDrawing.All.SkipLast(1).Select(figure => figure.Number))} or {FigureDrawing.All[^1].Number}");
    }

    public static int ReadRepeats(ParseResult parsed, FigureDrawing figure) => (int)Number(parsed, Repeats, figure.DefaultTrials, 1, 100_000);

    public static string? ReadPlot(ParseResult parsed)
    {
        if (parsed.GetValue(Plot) is not { } file) return null;
        return file.EndsWith(".svg", StringComparison.OrdinalIgnoreCase) ? file : throw new OperatorException($"--plot {file}: must end in .svg");
    }

    private static long Number(ParseResult parsed, Option<string?> option, long otherwise, long least, long most)
    {
        if (parsed.GetValue(option) is not { } text) return otherwise;
        if (CountText.TryParse(text, out long number) && number >= least && number <= most) return number;
        throw new OperatorException($"{option.Name} {text}: must be a number from {least} to {most}");
    }

    private static Option<string?> Text(string name, string helpName, string description) => new(name) { HelpName = helpName, Description = description };
}
