// Says what the packageRules of a configuration make of each dependency, by Renovate's own code. The first argument is
// Renovate's folder; standard input has the configuration and what Renovate found.
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const { applyPackageRules } = await import(pathToFileURL(`${process.argv[2]}/dist/util/package-rules/index.js`));
const { config, found } = JSON.parse(await text(process.stdin));

for (const dependency of found) {
  dependency.groups = [];
  for (const rule of config.packageRules) {
    const { groupName } = await applyPackageRules({ ...dependency, packageRules: [rule] });
    if (groupName) dependency.groups.push(groupName);
  }
  const ruled = await applyPackageRules({ ...dependency, packageRules: config.packageRules });
  dependency.enabled = ruled.enabled ?? true;
  dependency.onDemand = ruled.dependencyDashboardApproval ?? false;
  dependency.allowedVersions = ruled.allowedVersions;
}
console.log(JSON.stringify(found));
