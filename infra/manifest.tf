# The declarations of functions/, written by `npm run manifest`. Adding a function changes no file in this folder except
# the generated ones.
locals {
  manifest  = jsondecode(file("${path.module}/manifest.generated.json"))
  functions = { for function in local.manifest.functions : function.name => function }

  internal = { for name, function in local.functions : name => function if function.access == "internal" }
  public   = { for name, function in local.functions : name => function if function.access != "internal" }
  steps    = { for name, function in local.functions : name => function if function.kind == "step" }
  timers   = { for name, function in local.functions : name => function if function.kind == "timer" }
  sandbox  = { for name, function in local.functions : name => function if lookup(function.deployment, "identity", "api") == "sandbox" }
}
