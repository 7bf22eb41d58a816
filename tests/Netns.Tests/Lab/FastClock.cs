namespace Netns.Tests.Lab;

/// <summary>
/// The time of day of whatever is started while this exists is so much ahead: a library put before the C library's own answers. How fast time passes, and
/// clocks that only measure it, stay as they are; the kernel has no time of day per namespace.
/// </summary>
internal sealed class FastClock : IDisposable
{
    private const string Preload = "LD_PRELOAD", Ahead = "TEST_CLOCK_AHEAD";

    private const string Source = """
        #define _GNU_SOURCE
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static time_t ahead(void) { const char *text = getenv("TEST_CLOCK_AHEAD"); return text ? atol(text) : 0; }

        int clock_gettime(clockid_t clock, struct timespec *now) {
          int result = syscall(SYS_clock_gettime, clock, now);
          if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += ahead();
          return result;
        }

        int gettimeofday(struct timeval *restrict now, void *restrict zone) {
          struct timespec precise;
          if (clock_gettime(CLOCK_REALTIME, &precise) == 0) *now = (struct timeval){ precise.tv_sec, precise.tv_nsec / 1000 };
          return 0;
        }

        time_t time(time_t *where) {
          struct timespec precise;
          clock_gettime(CLOCK_REALTIME, &precise);
          if (where) *where = precise.tv_sec;
          return precise.tv_sec;
        }
        """;

    private static readonly Lazy<string?> _library = new(Build);

    public FastClock(TimeSpan ahead)
    {
        Skip.If(_library.Value is null, "there is no C compiler (cc) to make a fast clock with");
        Environment.SetEnvironmentVariable(Ahead, $"{(long)ahead.TotalSeconds}");
        Environment.SetEnvironmentVariable(Preload, _library.Value);
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Preload, null);
        Environment.SetEnvironmentVariable(Ahead, null);
    }

    private static string? Build()
    {
        string library = Path.Combine(AppContext.BaseDirectory, "fast-clock.so");
        try
        {
            Command.Run("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-x", "c", "-o", library, "-"], input: Source).OrFail();
            return library;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
