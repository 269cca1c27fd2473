import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.codelibs.opensearch.runner.node.OpenSearchRunnerNode;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.plugins.Plugin;

/** One OpenSearch node on 127.0.0.1: java Node FOLDER HTTP_PORT TRANSPORT_PORT. It ends at SIGTERM. */
public class Node extends OpenSearchRunnerNode {
  static final String[] MODULES = {
    "analysis.common.CommonAnalysisModulePlugin",
    "index.mapper.MapperExtrasModulePlugin",
    "index.reindex.ReindexModulePlugin",
    "painless.PainlessModulePlugin",
    "transport.Netty4ModulePlugin",
  };

  Node(Environment environment, List<Class<? extends Plugin>> modules) {
    super(environment, modules);
  }

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]).toAbsolutePath();
    for (String folder : new String[] {"config", "data", "logs", "modules", "plugins", "tmp"}) {
      Files.createDirectories(home.resolve(folder));
    }
    Settings settings = Settings.builder()
        .put("path.home", home.toString())
        .put("cluster.name", "umpire").put("node.name", "one").put("discovery.type", "single-node")
        .put("network.host", "127.0.0.1").put("http.port", args[1]).put("transport.port", args[2])
        .put("transport.type", "netty4").put("http.type", "netty4")
        .put("cluster.routing.allocation.disk.threshold_enabled", false) // other people's files fill the disk of tests
        .build();
    Environment environment = InternalSettingsPreparer.prepareEnvironment(settings, Collections.emptyMap(), home.resolve("config"), () -> "one");
    LogConfigurator.setNodeName("one");
    LogConfigurator.registerErrorListener();
    LogConfigurator.configureWithoutConfig(environment.settings());
    List<Class<? extends Plugin>> modules = new ArrayList<>();
    for (String module : MODULES) {
      modules.add(Class.forName("org.opensearch." + module).asSubclass(Plugin.class));
    }
    Node node = new Node(environment, modules);
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
      } catch (Exception e) {
        e.printStackTrace();
      }
      closed.countDown();
    }));
    try {
      node.start();
      System.out.println("started");
    } catch (Throwable t) {
      t.printStackTrace();
      System.exit(1);
    }
    closed.await();
  }
}
